import { Dropdown, Input, Modal, Select } from 'antd'
import { Binary, Calendar, CircleHelp, Hash, Search, Type } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnKind } from '@/api/workflow'
import { TypeName } from '@/components/bits'
import { Loading } from '@/components/states'
import { useProjectId } from '@/lib/router'
import { DatasetSelect } from '../DatasetSelect'
import { isNumber, isTime, type Field } from '../model/fields'
import type { SourceFacts } from '../useSources'
import css from './Builder.module.css'
import { endDrag, startDrag } from './dragged'

export function KindIcon({ kind }: { kind: ColumnKind }) {
  const Icon = isTime(kind) ? Calendar : isNumber(kind) ? Hash : kind === 'boolean' ? Binary : kind === 'text' ? Type : CircleHelp
  return <Icon size={13} strokeWidth={1.75} className={isNumber(kind) ? css.numeric : css.plain} aria-hidden />
}

/** A place that a field can be put into. */
export interface Place {
  key: string
  label: string
  disabled?: boolean
}

interface Props {
  sources: { id: string; name: string }[]
  source: string
  onSource: (source: string) => void
  onAddSource: (dataset: string) => void
  facts: SourceFacts | undefined
  places: (field: Field) => Place[]
  onPut: (field: Field, place: string) => void
}

/** The fields of a dataset, to be dragged, or put somewhere by a menu. */
export function FieldsPanel({ sources, source, onSource, onAddSource, facts, places, onPut }: Props) {
  const { t } = useTranslation(['dashboards', 'common'])
  const projectId = useProjectId()
  const [q, setQ] = useState('')
  const [adding, setAdding] = useState(false)
  const fields = facts?.fields ?? []
  const found = fields.filter((field) => field.name.toLowerCase().includes(q.trim().toLowerCase()))
  return (
    <section className={css.fields} aria-label={t('fields.title')}>
      <div className={css.panelHead}>
        <h2>{t('fields.title')}</h2>
      </div>
      <div className={css.fieldTools}>
        <Select
          size="small"
          value={source}
          aria-label={t('fields.source')}
          onChange={(next: string) => (next === '+' ? setAdding(true) : onSource(next))}
          options={[...sources.map(({ id, name }) => ({ value: id, label: name })), { value: '+', label: t('fields.addSource') }]}
        />
        <Input size="small" allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={13} color="var(--ink-faint)" />} placeholder={t('fields.search')} aria-label={t('fields.search')} />
      </div>
      {facts?.error ? (
        <p className={css.hint}>{t('fields.noAccess')}</p>
      ) : !facts || facts.pending ? (
        <Loading rows={8} />
      ) : (
        <ul className={css.fieldList}>
          {found.map((field) => (
            <li key={field.name}>
              <Dropdown
                trigger={['click']}
                menu={{
                  items: [{ type: 'group', key: 'head', label: t('fields.putInto', { name: field.name }), children: places(field).map((place) => ({ ...place })) }],
                  onClick: ({ key }) => onPut(field, key),
                }}
              >
                <button type="button" className={css.field} draggable onDragStart={(event) => startDrag(event, { kind: 'field', source, field })} onDragEnd={endDrag}>
                  <KindIcon kind={field.kind} />
                  <span className="ellipsis">{field.name}</span>
                  <TypeName type={field.kind} />
                </button>
              </Dropdown>
            </li>
          ))}
          {found.length === 0 && <li className={css.hint}>{t('fields.none')}</li>}
        </ul>
      )}
      <p className={css.hint}>{t('fields.hint')}</p>
      <Modal open={adding} title={t('fields.addSourceTitle')} footer={null} onCancel={() => setAdding(false)} destroyOnHidden>
        <DatasetSelect
          projectId={projectId}
          label={t('new.dataset')}
          onChange={(dataset) => {
            setAdding(false)
            onAddSource(dataset)
          }}
        />
      </Modal>
    </section>
  )
}
