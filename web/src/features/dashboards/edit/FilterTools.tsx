import { Button, Checkbox, Dropdown, Popover, Segmented } from 'antd'
import { Plus, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Filter } from '@/api/dashboards'
import { useFormat } from '@/lib/useFormat'
import { removeFilter, setFilter } from '../model/edits'
import type { Field } from '../model/fields'
import { controlsFor } from '../model/filters'
import { says } from '../model/titled'
import type { SourceFacts } from '../useSources'
import { BothInput } from './BothInput'
import css from './Builder.module.css'
import { dragged, endDrag } from './dragged'
import { KindIcon } from './FieldsPanel'
import type { Builder } from './useBuilder'

/** What is set of a shared filter: its name, how it is asked for, and which data it narrows. */
export function FilterSettings({ filter, builder, facts, names }: { filter: Filter; builder: Builder; facts: Record<string, SourceFacts>; names: Record<string, string> }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const kind = filter.sources.map((s) => facts[s]?.fields.find((field) => field.name === filter.column)?.kind).find(Boolean) ?? 'text'
  const having = Object.keys(builder.doc.sources).filter((s) => filter.sources.includes(s) || facts[s]?.fields.some((field) => field.name === filter.column))
  const change = (next: (old: Filter) => Filter, tag?: string) => builder.edit((doc) => setFilter(doc, filter.id, next), tag)
  const label = f.words(filter.label) || filter.column
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      content={
        <div className={css.filterSheet}>
          <BothInput
            label={t('filter.label')}
            value={filter.label ?? { en: filter.column, 'zh-CN': filter.column }}
            maxLength={80}
            onChange={(text) =>
              change((old) => {
                const { label: _old, ...rest } = old
                return says(text) ? { ...rest, label: text } : rest
              }, `filter ${filter.id}`)
            }
          />
          <div>
            <div className={css.small}>{t('filter.control')}</div>
            <Segmented size="small" value={filter.control} onChange={(control) => change(({ conditions: _old, ...rest }) => ({ ...rest, control }))} options={[...new Set([...controlsFor(kind), filter.control])].map((control) => ({ value: control, label: t(`filter.kind.${control}`) }))} />
          </div>
          {having.length > 1 && (
            <div>
              <div className={css.small}>{t('filter.applies')}</div>
              <Checkbox.Group value={filter.sources} options={having.map((s) => ({ value: s, label: names[s] ?? s }))} onChange={(next) => next.length > 0 && change((old) => ({ ...old, sources: next }))} />
            </div>
          )}
          <p className={css.hint}>{t('filter.start')}</p>
          <Button size="small" danger onClick={() => builder.edit((doc) => removeFilter(doc, filter.id))}>
            {t('filter.remove')}
          </Button>
        </div>
      }
    >
      <button type="button" className={css.plus} aria-label={t('filter.settings', { name: label })}>
        <Settings2 size={13} aria-hidden />
      </button>
    </Popover>
  )
}

/** Where a field becomes a filter that all pages share. */
export function FilterDrop({ fields, onAdd }: { fields: Field[]; onAdd: (field: Field, source?: string) => void }) {
  const { t } = useTranslation('dashboards')
  const [over, setOver] = useState(false)
  return (
    <Dropdown trigger={['click']} menu={{ style: { maxHeight: 340, overflowY: 'auto' }, items: fields.map((field) => ({ key: field.name, label: field.name, icon: <KindIcon kind={field.kind} /> })), onClick: ({ key }) => onAdd(fields.find((field) => field.name === key)!) }}>
      <button
        type="button"
        className={`${css.filterDrop} ${over ? css.over : ''}`}
        onDragOver={(event) => {
          const what = dragged()
          if (!what || what.kind === 'block') return
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const what = dragged()
          endDrag()
          if (what && what.kind !== 'block') onAdd(what.field, what.source)
        }}
        title={t('filter.drop')}
      >
        <Plus size={13} aria-hidden /> {t('filter.add')}
      </button>
    </Dropdown>
  )
}
