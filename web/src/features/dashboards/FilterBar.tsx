import { Button, Input, Popover } from 'antd'
import { RotateCcw, SlidersHorizontal } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Condition, Filter } from '@/api/dashboards'
import { DateInput } from '@/components/form/DateInput'
import type { ColumnProfile } from '@/components/profile/model'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { Choices, type FindChoices } from './Choices'
import css from './FilterBar.module.css'
import { conditionsOf, heldBy, isOwn, settingOf, type Setting } from './model/filters'
import type { SourceFacts } from './useSources'

interface Props {
  filters: Filter[]
  set: Record<string, Condition[]>
  facts: Record<string, SourceFacts>
  /** Looks up the values that a filter can be set to. */
  find: FindChoices
  /** What holds of a filter now; `null` goes back to what the author chose. */
  onSet: (filter: string, conditions: Condition[] | null) => void
  /** In the builder: what stands beside a filter, and at the end. */
  beside?: (filter: Filter) => ReactNode
  extra?: ReactNode
}

/** The filters that all pages share. */
export function FilterBar({ filters, set, facts, find, onSet, beside, extra }: Props) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const narrow = useNarrow()
  const [open, setOpen] = useState(false)
  const active = filters.filter((one) => heldBy(one, set).length > 0).length
  const own = filters.filter((one) => isOwn(one, set))
  if (filters.length === 0 && !extra) return null
  const controls = (
    <div className={css.bar} role="group" aria-label={t('filter.title')}>
      {filters.map((filter) => (
        <div key={filter.id} className={css.filter}>
          <span className={css.label}>
            <span className="ellipsis">{f.words(filter.label) || filter.column}</span>
            {beside?.(filter)}
          </span>
          <Control filter={filter} conditions={heldBy(filter, set)} facts={facts} find={find} onSet={(next) => onSet(filter.id, next)} />
        </div>
      ))}
      {own.length > 0 && (
        <Button type="text" size="small" className={css.reset} icon={<RotateCcw size={13} />} onClick={() => own.forEach((one) => onSet(one.id, null))}>
          {t('filter.reset')}
        </Button>
      )}
      {extra}
    </div>
  )
  if (!narrow) return <div className={`${css.wrap} no-print`}>{controls}</div>
  return (
    <div className={`${css.wrap} no-print`}>
      <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomLeft" content={<div className={css.sheet}>{controls}</div>}>
        <Button icon={<SlidersHorizontal size={14} />}>{active > 0 ? t('filter.some', { count: active, n: f.number(active) }) : t('filter.title')}</Button>
      </Popover>
    </div>
  )
}

function Control({ filter, conditions, facts, find, onSet }: { filter: Filter; conditions: Condition[]; facts: Record<string, SourceFacts>; find: FindChoices; onSet: (next: Condition[]) => void }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const label = f.words(filter.label) || filter.column
  const setting = settingOf(filter.control, conditions)
  const kind = filter.sources.map((source) => facts[source]?.fields.find((field) => field.name === filter.column)?.kind).find(Boolean)
  const known = filter.sources.flatMap((source) => facts[source]?.values.get(filter.column) ?? [])
  const change = (part: Partial<Setting>) => onSet(conditionsOf(filter.control, { ...setting, ...part }, kind))
  if (filter.control === 'choice') {
    return <Choices filter={filter.id} label={label} values={setting.values} known={topValues(known)} find={find} onChange={(values) => change({ values })} />
  }
  if (filter.control === 'text') return <Words label={label} value={setting.text} placeholder={t('filter.contains')} onCommit={(text) => change({ text })} />
  const dates = filter.control === 'dates'
  const [least, most] = [known[0]?.min, known[0]?.max].map((v) => (v === null || v === undefined ? '' : dates ? String(v).slice(0, 10) : f.number(Number(v))))
  const end = (at: 'from' | 'to', beyond: string | undefined) => {
    const called = t(`filter.${at}`, { name: label })
    const commit = (value: string) => change({ [at]: value })
    return dates ? <DateInput size="small" className={css.day} aria-label={called} value={setting[at]} placeholder={beyond} onChange={commit} /> : <Words label={called} number value={setting[at]} placeholder={beyond} onCommit={commit} />
  }
  return (
    <span className={css.range}>
      {end('from', least)}
      <span className="faint" aria-hidden>–</span>
      {end('to', most)}
    </span>
  )
}

/** The commonest values, added up over sources. */
function topValues(known: ColumnProfile[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const { top } of known) for (const { value, count } of top) if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + count)
  return [...counts]
}

/** An input whose words count when they are finished: on Enter, or when it is left. */
function Words({ label, value, placeholder, number, onCommit }: { label: string; value: string; placeholder?: string; number?: boolean; onCommit: (value: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const wrong = number && text.trim() !== '' && !Number.isFinite(Number(text))
  const commit = (next: string) => next !== value && !(number && next.trim() !== '' && !Number.isFinite(Number(next))) && onCommit(next)
  return (
    <Input
      size="small"
      inputMode={number ? 'decimal' : undefined}
      className={number ? css.number : css.text}
      aria-label={label}
      aria-invalid={wrong || undefined}
      status={wrong ? 'error' : undefined}
      value={text}
      placeholder={placeholder}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => commit(text)}
      onPressEnter={() => commit(text)}
    />
  )
}
