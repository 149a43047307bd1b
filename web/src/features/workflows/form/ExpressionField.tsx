import { Input } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import css from './form.module.css'
import type { ControlProps } from './ParamField'

const ExpressionEditor = lazy(() => import('@/components/ExpressionEditor').then((m) => ({ default: m.ExpressionEditor })))

/** An expression of SQL with the columns of its input at hand. */
export function ExpressionField({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const table = param.expression ? context.inputs[param.expression]?.[0] : Object.values(context.inputs)[0]?.[0]
  const columns = table && table !== 'when_run' ? table.known : []
  const text = typeof value === 'string' ? value : ''
  const plain = <Input.TextArea id={id} className="mono" autoSize={{ minRows: 1, maxRows: 8 }} value={text} disabled={context.disabled} placeholder={t('panel.expression')} onChange={(event) => onChange(event.target.value || null)} />
  if (context.disabled) return plain
  return (
    <div className={invalid ? `${css.expression} ${css.invalid}` : css.expression}>
      <Suspense fallback={plain}>
        <ExpressionEditor id={id} value={text} columns={columns.map((c) => ({ name: c.name, type: c.kind }))} labelledBy={`${id}-label`} describedBy={describedBy} hint={t('panel.expression')} onChange={(next) => onChange(next.trim() ? next : null)} />
      </Suspense>
    </div>
  )
}
