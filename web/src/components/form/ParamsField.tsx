import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import css from './form.module.css'
import { ParamForm, type FormContext } from './ParamForm'
import type { ControlProps } from './ParamField'
import { signatureParams, withField } from './params'

/** What a component is set to that another parameter of the step chooses: its own form. */
export function ParamsField({ param, value, onChange, context, path, beside }: ControlProps) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const id = param.of === null ? undefined : beside[param.of]
  if (typeof id !== 'string') return <div className={css.help}>{t('panel.componentFirst')}</div>
  const signature = context.component?.(id)
  if (!signature) return <div className={css.help}>{t('panel.hiddenAsset')}</div>
  const params = signatureParams(signature)
  if (params.length === 0) return <div className={css.help}>{t('panel.componentPlain')}</div>
  const values = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Record<string, unknown>
  // It reads what the step is given, by the name of its own port.
  const given = Object.values(context.inputs)[0]
  const port = signature.inputs.find((one) => one.kind === 'table')
  const inner: FormContext = {
    ...context,
    inputs: port && given ? { [port.name]: given } : {},
    portLabel: (name) => f.words(signature.inputs.find((one) => one.name === name)?.label) || name,
    outside: undefined,
  }
  return (
    <div className={css.inner}>
      <ParamForm
        params={params}
        values={values}
        path={`${path}.`}
        context={inner}
        onChange={(name, next) => {
          const set = withField(values, name, next)
          onChange(Object.keys(set).length > 0 ? set : null)
        }}
      />
    </div>
  )
}
