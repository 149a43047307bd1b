import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import type { ControlProps } from './ParamField'

/** Several values: chosen from a list, or typed one after the other. */
export function ListField({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const now = (Array.isArray(value) ? value : Array.isArray(param.initial) ? param.initial : []) as (string | number)[]
  const numeric = param.itemField?.kind === 'integer' || param.itemField?.kind === 'number'
  const options = (param.itemField?.options ?? []).map((o) => ({ value: o.value, label: f.words(o.label) }))
  return (
    <Select
      id={id}
      disabled={context.disabled}
      status={invalid ? 'error' : undefined}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      mode={param.kind === 'choices' ? 'multiple' : 'tags'}
      value={now.map(String)}
      onChange={(next: string[]) => {
        const values = numeric ? next.map(Number).filter(Number.isFinite) : next
        onChange(values.length || param.initial !== null ? values : null)
      }}
      options={options}
      open={param.kind === 'choices' ? undefined : false}
      suffixIcon={param.kind === 'choices' ? undefined : null}
      tokenSeparators={param.kind === 'choices' ? undefined : [',', '，', '\n']}
      placeholder={param.kind === 'choices' ? undefined : t('panel.typeValue')}
      style={{ width: '100%' }}
    />
  )
}
