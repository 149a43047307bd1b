import { AutoComplete, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Column } from '@/api/workflow'
import { TypeName } from '@/components/bits'
import css from './form.module.css'
import type { ControlProps } from './ParamField'

/** A column of an input, or several in an order; typed by hand where the columns are not known yet. */
export function ColumnSelect({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const port = param.column?.port ?? ''
  const tables = context.inputs[port]
  const first = tables?.[0]
  const columns: Column[] | null = first && first !== 'when_run' ? first.known : null
  const kinds = param.column?.kinds ?? []
  const fits = (c: Column) => kinds.length === 0 || kinds.includes(c.kind)
  const options = [...(columns ?? [])].sort((a, b) => Number(fits(b)) - Number(fits(a))).map((c) => ({
    value: c.name,
    disabled: !fits(c),
    label: (
      <span className={css.option}>
        <span className="ellipsis">{c.name}</span>
        <TypeName type={c.kind} />
      </span>
    ),
  }))
  const many = param.kind === 'columns'
  const common = { id, disabled: context.disabled, status: invalid ? ('error' as const) : undefined, 'aria-invalid': invalid || undefined, 'aria-describedby': describedBy, style: { width: '100%' } }
  const hint = first === undefined ? (context.chooseFirst?.(port) ?? t('panel.unconnected', { port: context.portLabel(port) })) : first === 'when_run' ? t('panel.whenRun') : null
  return (
    <>
      {many ? (
        <Select
          {...common}
          mode={columns ? 'multiple' : 'tags'}
          value={Array.isArray(value) ? (value as string[]) : Array.isArray(param.initial) ? (param.initial as string[]) : []}
          onChange={(next: string[]) => onChange(next.length ? next : null)}
          options={options}
          optionLabelProp="value"
          placeholder={t('panel.pickColumns')}
          maxTagCount="responsive"
        />
      ) : columns ? (
        <Select {...common} showSearch optionLabelProp="value" allowClear={!param.field.required} value={(value as string | undefined) ?? undefined} onChange={(next?: string) => onChange(next ?? null)} options={options} placeholder={t('panel.pickColumn')} />
      ) : (
        <AutoComplete {...common} value={(value as string | undefined) ?? ''} onChange={(next?: string) => onChange(next || null)} options={[]} placeholder={t('panel.pickColumn')} />
      )}
      {hint && <div className={css.help}>{hint}</div>}
    </>
  )
}
