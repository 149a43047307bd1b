import { Dropdown } from 'antd'
import { ChevronDown, ChevronLeft, ChevronRight, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import type { Field } from '../model/fields'
import { chipsIn, fits, type Well } from '../model/wells'
import css from './Builder.module.css'
import { dragged, endDrag, startDrag, type Dragged } from './dragged'
import { KindIcon } from './FieldsPanel'

interface BoxProps {
  name: string
  detail?: string
  required?: boolean
  /** Why what is dragged can't be put here; null where it can. */
  accepts: (what: Dragged) => boolean
  onDrop: (what: Dragged) => void
  options: Field[]
  onAdd: (field: Field) => void
  full?: boolean
  empty: boolean
  children: React.ReactNode
}

/** A place into which fields are dropped, or put by a menu. */
export function DropBox({ name, detail, required, accepts, onDrop, options, onAdd, full, empty, children }: BoxProps) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const [over, setOver] = useState<'no' | 'yes' | 'wrong'>('no')
  const label = detail ? f.named(name, detail) : name
  return (
    <div
      role="group"
      aria-label={label}
      className={`${css.well} ${over === 'yes' ? css.over : over === 'wrong' ? css.wrong : ''}`}
      onDragOver={(event) => {
        const what = dragged()
        if (!what || what.kind === 'block') return
        const good = accepts(what)
        setOver(good ? 'yes' : 'wrong')
        if (good) event.preventDefault()
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver('no')}
      onDrop={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver('no')
        const what = dragged()
        endDrag()
        if (what && accepts(what)) onDrop(what)
      }}
    >
      <div className={css.wellHead}>
        <b>{name}</b>
        {detail && <span className="faint ellipsis">{detail}</span>}
        {required && empty && <span className={css.need}>{t('well.need')}</span>}
        {!full && (
          <Dropdown trigger={['click']} menu={{ style: { maxHeight: 340, overflowY: 'auto' }, items: options.length > 0 ? options.map((field) => ({ key: field.name, label: field.name, icon: <KindIcon kind={field.kind} /> })) : [{ key: '', disabled: true, label: t('well.nothing') }], onClick: ({ key }) => onAdd(options.find((f) => f.name === key)!) }}>
            <button type="button" className={css.plus} aria-label={t('well.add', { name: label })} title={t('well.add', { name: label })}>
              <Plus size={13} aria-hidden />
            </button>
          </Dropdown>
        )}
      </div>
      {empty ? <div className={css.wellHint}>{t('well.drop')}</div> : <div className={css.chips}>{children}</div>}
    </div>
  )
}

interface Props {
  well: Well
  zone: string
  values: Record<string, unknown>
  fields: Field[]
  source: string
  onPut: (field: Field, from?: Dragged) => void
  onTake: (at: number) => void
  onMove: (from: number, to: number) => void
  onMeasure: (at: number, how: string) => void
}

/** A well of the figure with the fields that are in it. */
export function WellBox({ well, zone, values, fields, source, onPut, onTake, onMove, onMeasure }: Props) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const chips = chipsIn(well, values)
  const fitting = fields.filter((field) => fits(well, field))
  const label = f.words(well.param.field.label)
  return (
    <DropBox
      name={zone}
      detail={label === zone ? undefined : label}
      required={well.required}
      empty={chips.length === 0}
      full={well.holds === 'one' ? chips.some((chip) => chip.field !== '') : well.param.most !== null && chips.length >= well.param.most}
      options={fitting}
      accepts={(what) => what.kind !== 'block' && what.source === source && fits(well, what.field)}
      onDrop={(what) => what.kind !== 'block' && (what.kind === 'chip' && what.well === well.param.name ? onMove(what.at, chips.length - 1) : onPut(what.field, what))}
      onAdd={(field) => onPut(field)}
    >
      {chips.map((chip, at) => {
        const field = fields.find((one) => one.name === chip.field)
        const how = well.measure?.field.options.find((o) => o.value === chip.measure)
        const called = chip.field || f.words(how?.label) || ''
        return (
          <span key={at} className={css.chip} draggable={field !== undefined} onDragStart={(event) => field && startDrag(event, { kind: 'chip', well: well.param.name, at, source, field })} onDragEnd={endDrag}>
            {field && <KindIcon kind={field.kind} />}
            {chip.field !== '' && <span className={field ? 'ellipsis' : `ellipsis ${css.gone}`}>{chip.field}</span>}
            {well.measure && chip.measure && (
              <Dropdown trigger={['click']} menu={{ selectable: true, selectedKeys: [chip.measure], items: well.measure.field.options.map((o) => ({ key: o.value, label: f.words(o.label) })), onClick: ({ key }) => onMeasure(at, key) }}>
                <button type="button" className={css.measure} aria-label={t('well.measure', { name: called })}>
                  {f.words(how?.label)}
                  <ChevronDown size={11} aria-hidden />
                </button>
              </Dropdown>
            )}
            {well.holds !== 'one' && chips.length > 1 && (
              <>
                <button type="button" disabled={at === 0} aria-label={t('well.earlier', { name: called })} onClick={() => onMove(at, at - 1)}>
                  <ChevronLeft size={12} aria-hidden />
                </button>
                <button type="button" disabled={at === chips.length - 1} aria-label={t('well.later', { name: called })} onClick={() => onMove(at, at + 1)}>
                  <ChevronRight size={12} aria-hidden />
                </button>
              </>
            )}
            {(chip.field !== '' || well.holds === 'items') && (
              <button type="button" aria-label={t('well.remove', { name: called })} onClick={() => onTake(at)}>
                <X size={12} aria-hidden />
              </button>
            )}
          </span>
        )
      })}
    </DropBox>
  )
}
