import { Input } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import css from './form.module.css'
import type { ControlProps } from './ParamField'

const ExpressionEditor = lazy(() => import('@/components/ExpressionEditor').then((m) => ({ default: m.ExpressionEditor })))

/** An expression of SQL with the columns of its input at hand, or a statement with those of all. */
export function ExpressionField({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const tables = param.statement ? Object.values(context.inputs).flat() : [param.expression ? context.inputs[param.expression]?.[0] : Object.values(context.inputs)[0]?.[0]]
  const known = tables.flatMap((table) => (table && table !== 'when_run' ? table.known : []))
  const columns = [...new Map(known.map((c) => [c.name, { name: c.name, type: c.kind as string }])).values(), ...(param.statement ? tables.map((_, index) => ({ name: `t${index + 1}`, type: t('kind.table').toLowerCase() })) : [])]
  const text = typeof value === 'string' ? value : typeof param.initial === 'string' ? param.initial : ''
  const plain = <Input.TextArea id={id} className="mono" autoSize={{ minRows: 1, maxRows: 8 }} value={text} disabled={context.disabled} placeholder={t('panel.expression')} onChange={(event) => onChange(event.target.value || null)} />
  if (context.disabled) return plain
  return (
    <div className={invalid ? `${css.expression} ${css.invalid}` : css.expression}>
      <Suspense fallback={plain}>
        <ExpressionEditor id={id} value={text} columns={columns} labelledBy={`${id}-label`} describedBy={describedBy} hint={t('panel.expression')} onChange={(next) => onChange(next.trim() ? next : null)} lines={param.statement ? 6 : 1} />
      </Suspense>
    </div>
  )
}
