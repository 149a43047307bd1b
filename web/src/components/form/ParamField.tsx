import { Button, Dropdown, Tooltip } from 'antd'
import { Info, SlidersHorizontal } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { faultOf, type Fault } from '@/lib/schema'
import { useFormat } from '@/lib/useFormat'
import { paramRef, problemsAt, type Param } from './params'
import { AssetSelect } from './AssetSelect'
import { ColumnSelect } from './ColumnSelect'
import { ExpressionField } from './ExpressionField'
import css from './form.module.css'
import { ItemsField } from './ItemsField'
import { ListField } from './ListField'
import type { FormContext } from './ParamForm'
import { ParamsField } from './ParamsField'
import { PlainField } from './PlainField'

interface Props {
  param: Param
  value: unknown
  onChange: (value: unknown) => void
  context: FormContext
  path: string
  /** What counts for the parameters beside it. */
  beside?: Record<string, unknown>
  compact?: boolean
}

export interface ControlProps {
  id: string
  param: Param
  value: unknown
  onChange: (value: unknown) => void
  context: FormContext
  path: string
  beside: Record<string, unknown>
  invalid: boolean
  describedBy: string | undefined
}

/** One parameter: its label, its control, and what is wrong with it. */
export function ParamField({ param, value, onChange, context, path, beside = {}, compact }: Props) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const id = useId()
  const words = (fault: Fault) => t(`common:field.${fault.code}` as 'common:field.least', 'limit' in fault ? { limit: f.number(fault.limit) } : {})
  const label = f.words(param.field.label)
  const help = f.words(param.field.help)
  const from = paramRef(value)
  const shown = param.kind === 'plain' && param.field.kind === 'percent' && typeof value === 'number' ? value * 100 : value
  const fault = param.kind === 'plain' && from === null && value !== undefined ? faultOf(param.field, shown) : null
  const problems = problemsAt(context.problems, path, param.kind !== 'items' && param.kind !== 'params').map((p) => f.words(p.message))
  const wrong = fault ? [words(fault)] : [...new Set(problems)]
  const controlled: ControlProps = { id, param, value, onChange, context, path, beside, invalid: wrong.length > 0, describedBy: wrong.length ? `${id}-wrong` : undefined }
  const grouped = param.kind === 'items' || param.kind === 'params' || (param.kind === 'plain' && param.field.kind === 'choice' && param.field.options.length <= 3 && !compact)
  return (
    <div className={css.field} role={grouped ? 'group' : undefined} aria-labelledby={grouped ? `${id}-label` : undefined}>
      <div className={compact ? css.labelCompact : css.label}>
        {grouped ? (
          <span id={`${id}-label`}>{label}</span>
        ) : (
          <label htmlFor={id} id={`${id}-label`}>
            {label}
          </label>
        )}
        {param.field.required && <span className={css.needed} aria-hidden>*</span>}
        {help && compact && (
          <Tooltip title={help}>
            <Info size={12} role="img" aria-label={help} />
          </Tooltip>
        )}
        {context.outside && !context.disabled && path === param.name && from === null && <Outside param={param} label={label} context={context} onChange={onChange} />}
      </div>
      {from !== null ? (
        <div className={css.ref}>
          {t('panel.fromParam', { name: from })}
          <Button size="small" type="link" disabled={context.disabled} onClick={() => onChange(null)}>{t('panel.ownValue')}</Button>
        </div>
      ) : (
        <Control {...controlled} />
      )}
      {wrong.length > 0 && (
        <div className={css.wrong} id={`${id}-wrong`} role="alert">
          {wrong.map((text) => (
            <div key={text}>{text}</div>
          ))}
        </div>
      )}
      {help && !compact && <div className={css.help}>{help}</div>}
    </div>
  )
}

/** Sets a value for the whole workflow instead: by a new parameter, or by one that is there. */
function Outside({ param, label, context, onChange }: { param: Param; label: string; context: FormContext; onChange: (value: unknown) => void }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const params = context.outside?.params ?? []
  const items = [
    { key: 'new', label: t('declare.promote') },
    ...(params.length > 0 ? [{ type: 'divider' as const }, ...params.map((p) => ({ key: `take ${p.name}`, label: t('declare.take', { name: f.words(p.label) || p.name }) }))] : []),
  ]
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => (key === 'new' ? context.outside?.promote(param.name) : onChange({ $param: key.slice(5) })) }}>
      <button type="button" className={css.outside} aria-label={t('declare.outside', { name: label })} title={t('declare.outside', { name: label })}>
        <SlidersHorizontal size={12} aria-hidden />
      </button>
    </Dropdown>
  )
}

function Control(props: ControlProps) {
  switch (props.param.kind) {
    case 'column':
    case 'columns':
      return <ColumnSelect {...props} />
    case 'items':
      return <ItemsField {...props} />
    case 'list':
    case 'choices':
      return <ListField {...props} />
    case 'expression':
      return <ExpressionField {...props} />
    case 'asset':
      return <AssetSelect {...props} />
    case 'params':
      return <ParamsField {...props} />
    default:
      return <PlainField {...props} />
  }
}
