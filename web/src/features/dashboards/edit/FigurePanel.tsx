import { Segmented, Select } from 'antd'
import { ChevronRight, X } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Block, ColumnCondition, Figure } from '@/api/dashboards'
import type { Signature } from '@/api/workflow'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { signatureParams, withField } from '@/components/form/params'
import { useFormat } from '@/lib/useFormat'
import { figureIcon } from '../icons'
import { withLevels, withParams } from '../model/edits'
import { isNumber, isTime, type Field } from '../model/fields'
import { says } from '../model/titled'
import { carry, drillable, isShown, move, put, setMeasure, shelves, take, wellsOf, type Zone } from '../model/wells'
import { BothInput } from './BothInput'
import css from './Builder.module.css'
import { DropBox, WellBox } from './WellBox'

interface Props {
  block: Block
  figure: Figure
  signatures: Signature[]
  filterSignature: Signature | undefined
  fields: Field[]
  projectId: string
  onBlock: (change: (block: Block) => Block, tag?: string) => void
  onFigure: (change: (figure: Figure) => Figure, tag?: string) => void
}

/** Everything that is set of the chosen figure: its kind, the fields in its wells, which rows it takes, and how it looks. */
export function FigurePanel({ block, figure, signatures, filterSignature, fields, projectId, onBlock, onFigure }: Props) {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const signature = signatures.find((s) => s.name === figure.component)
  const wells = useMemo(() => (signature ? wellsOf(signature) : []), [signature])
  const params = useMemo(() => (signature ? signatureParams(signature) : []), [signature])
  const values = figure.params ?? {}
  const set = (next: Record<string, unknown>, tag?: string) => onFigure((old) => withParams(old, next), tag)
  const inWell = (name: string) => wells.some((well) => (well.holds !== 'items' && well.param.name === name) || (well.holds === 'one' && well.measure?.name === name))
  const rest = params.filter((param) => !inWell(param.name) && param.name !== 'title')
  const context = useMemo<FormContext>(() => {
    const known = fields.map((field) => ({ name: field.name, kind: field.kind }))
    return {
      inputs: Object.fromEntries([...(signature?.inputs ?? []), { name: 'table' }].map((port) => [port.name, [{ known }]])),
      problems: [], disabled: false, projectId, portLabel: (port) => f.words(signature?.inputs.find((p) => p.name === port)?.label) || port,
    }
  }, [signature, fields, projectId, f])
  const zone = (name: Zone) => t(`zone.${name}`)
  const along = drillable(wells).filter((well) => isShown(well, params, values))
  const groups = shelves(signatures).map(({ shelf, figures }) => ({ label: t(`figure.${shelf}`), options: figures }))
  return (
    <>
      <div className={css.section}>
        <Select
          value={figure.component}
          aria-label={t('figure.kind')}
          showSearch={{ filterOption: (input, option) => String((option as { text?: string }).text ?? '').toLowerCase().includes(input.toLowerCase()) }}
          style={{ width: '100%' }}
          listHeight={400}
          onChange={(name: string) => {
            const next = signatures.find((s) => s.name === name)
            if (!next) return
            onFigure((old) => {
              const { drill, ...plain } = old
              const carried = { ...plain, component: name, params: signature ? carry(signature, next, old.params ?? {}, fields) : {} }
              const [first] = drillable(wellsOf(next))
              return drill && first ? withLevels(carried, first.param.name, drill.levels) : carried
            })
          }}
          options={groups.map((group) => ({
            label: group.label,
            title: group.label,
            options: group.options.map((s) => {
              const Icon = figureIcon(s.name, s.category)
              return { value: s.name, text: `${f.words(s.title)} ${s.name}`, label: <span className={css.kind}><Icon size={15} strokeWidth={1.75} aria-hidden /> {f.words(s.title)}</span> }
            }),
          }))}
        />
        {signature ? <p className={css.hint}>{f.words(signature.summary)}</p> : <p className={css.hint}>{t('figure.unknown', { name: figure.component })}</p>}
      </div>
      <div className={css.section}>
        {wells.filter((well) => isShown(well, params, values)).map((well) => (
          <WellBox
            key={well.param.name}
            well={well}
            zone={well.zone === 'other' ? f.words(well.param.field.label) : zone(well.zone)}
            values={values}
            fields={fields}
            source={figure.source}
            onPut={(field, from) => {
              const giver = from?.kind === 'chip' ? wells.find((w) => w.param.name === from.well) : undefined
              const before = giver && from?.kind === 'chip' ? take(giver, values, from.at) : values
              set(put(well, before, field))
            }}
            onTake={(at) => set(take(well, values, at))}
            onMove={(from, to) => set(move(well, values, from, to))}
            onMeasure={(at, how) => set(setMeasure(well, values, at, how))}
          />
        ))}
        <RowFilter figure={figure} fields={fields} filterSignature={filterSignature} context={context} onFigure={onFigure} />
        {along.length > 0 && <DrillBox figure={figure} wells={along.map((w) => ({ name: w.param.name, label: f.words(w.param.field.label) }))} fields={fields} onFigure={onFigure} />}
      </div>
      <div className={css.section}>
        <BothInput label={t('figure.title')} value={block.title} placeholder={t('figure.titleHint')} onChange={(title) => onBlock((old) => withTitle(old, title), `title ${block.id}`)} />
        <div className={css.row}>
          <span>{t('figure.width')}</span>
          <Segmented<'full' | 'half'> size="small" value={block.span} onChange={(span) => onBlock((old) => ({ ...old, span }))} options={[{ value: 'half', label: t('figure.half') }, { value: 'full', label: t('figure.full') }]} />
        </div>
      </div>
      {rest.length > 0 && (
        <div className={css.section}>
          <h3>{t('figure.settings')}</h3>
          <ParamForm params={rest} values={values} context={context} onChange={(name, value) => set(withField(values, name, value), `param ${block.id} ${name}`)} />
        </div>
      )}
    </>
  )
}

export function withTitle(block: Block, title: Block['title']): Block {
  const { title: _old, ...rest } = block
  return says(title) ? { ...rest, title } : rest
}

/** Which rows the figure takes: conditions as of the component that filters rows. */
function RowFilter({ figure, fields, filterSignature, context, onFigure }: { figure: Figure; fields: Field[]; filterSignature: Signature | undefined; context: FormContext; onFigure: Props['onFigure'] }) {
  const { t } = useTranslation('dashboards')
  const conditions = figure.conditions ?? []
  const param = useMemo(() => (filterSignature ? signatureParams(filterSignature).filter((p) => p.name === 'conditions') : []), [filterSignature])
  const set = (next: ColumnCondition[]) =>
    onFigure((old) => {
      const { conditions: _old, ...rest } = old
      return next.length > 0 ? { ...rest, conditions: next } : rest
    }, `conditions ${figure.component}`)
  return (
    <>
      <DropBox name={t('zone.filters')} detail={t('figure.rows')} empty={conditions.length === 0} options={fields} accepts={(what) => what.kind !== 'block' && what.source === figure.source} onDrop={(what) => what.kind !== 'block' && set([...conditions, beginning(what.field)])} onAdd={(field) => set([...conditions, beginning(field)])}>
        <div className={css.conditions}>
          <ParamForm compact params={param.map((p) => ({ ...p, field: { ...p.field, label: '', help: null } }))} values={{ conditions: conditions.map((c) => ({ ...c, value: Array.isArray(c.value) ? c.value.join(', ') : c.value })) }} context={context} onChange={(_, value) => set(Array.isArray(value) ? (value as ColumnCondition[]) : [])} />
        </div>
      </DropBox>
    </>
  )
}

/** A condition that is begun with a field. */
export const beginning = (field: Field): ColumnCondition => ({ column: field.name, operator: isNumber(field.kind) || isTime(field.kind) ? 'at_least' : 'one_of' })

/** The levels that readers come to by pointing at marks. */
function DrillBox({ figure, wells, fields, onFigure }: { figure: Figure; wells: { name: string; label: string }[]; fields: Field[]; onFigure: Props['onFigure'] }) {
  const { t } = useTranslation('dashboards')
  const param = figure.drill?.param ?? wells.find((well) => typeof figure.params?.[well.name] === 'string')?.name ?? wells[0]?.name ?? ''
  const start = figure.params?.[param]
  const levels = figure.drill?.levels ?? (typeof start === 'string' ? [start] : [])
  const finer = levels.slice(1)
  const set = (next: string[]) => onFigure((old) => withLevels(old, param, next))
  const left = fields.filter((field) => !levels.includes(field.name))
  return (
    <DropBox name={t('drill.title')} detail={wells.length > 1 ? wells.find((well) => well.name === param)?.label : undefined} empty={levels.length === 0} full={levels.length === 0} options={left} accepts={(what) => what.kind !== 'block' && what.source === figure.source && typeof start === 'string' && !levels.includes(what.field.name)} onDrop={(what) => what.kind !== 'block' && set([...finer, what.field.name])} onAdd={(field) => set([...finer, field.name])}>
      {levels.map((name, at) => (
        <span key={name} className={at === 0 ? `${css.chip} ${css.fixed}` : css.chip}>
          {at > 0 && <ChevronRight size={12} aria-hidden />}
          <span className="ellipsis">{name}</span>
          {at > 0 && (
            <button type="button" aria-label={t('well.remove', { name })} onClick={() => set(finer.filter((one) => one !== name))}>
              <X size={12} aria-hidden />
            </button>
          )}
        </span>
      ))}
      {finer.length === 0 && <span className={css.hint}>{t('drill.hint')}</span>}
    </DropBox>
  )
}
