import { Dropdown, Tooltip } from 'antd'
import { ArrowDown, ArrowUp, Copy, Columns2, GripVertical, LayoutDashboard, RectangleHorizontal, Trash2 } from 'lucide-react'
import { useState, type DragEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answered, Block, DashboardAnswer, DashboardPage } from '@/api/dashboards'
import type { Signature } from '@/api/workflow'
import { Markdown } from '@/components/Markdown'
import { ErrorState } from '@/components/states'
import { useFormat } from '@/lib/useFormat'
import { FigureBody } from '../FigureBody'
import figureCss from '../Figure.module.css'
import { copyBlock, figureOf, moveBlock, removeBlock, setBlock } from '../model/edits'
import { says } from '../model/titled'
import { shelves } from '../model/wells'
import css from './Builder.module.css'
import { dragged, endDrag, startDrag, type Dragged } from './dragged'
import type { Builder } from './useBuilder'
import { waitsFor } from './usePreview'

interface Props {
  builder: Builder
  page: DashboardPage
  signatures: Signature[]
  answer: DashboardAnswer | undefined
  error: unknown
  pending: boolean
  drill: Record<string, (string | null)[]>
  onDrill: (block: string, path: (string | null)[]) => void
  /** A field was dropped on a figure, or with `null` beside all of them. */
  onField: (what: Extract<Dragged, { kind: 'field' | 'chip' }>, block: string | null) => void
  adders: ReactNode
}

/** The page as its readers see it, with what it takes to change it around every block. */
export function Canvas({ builder, page, signatures, answer, error, pending, drill, onDrill, onField, adders }: Props) {
  const { t } = useTranslation('dashboards')
  const [over, setOver] = useState(false)
  const dropField = (event: DragEvent, block: string | null) => {
    const what = dragged()
    if (!what || what.kind === 'block') return
    event.preventDefault()
    event.stopPropagation()
    endDrag()
    setOver(false)
    onField(what, block)
  }
  return (
    <div
      className={css.canvas}
      onDragOver={(event) => {
        if (dragged()?.kind !== 'field') return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={(event) => dropField(event, null)}
      onClick={(event) => event.target === event.currentTarget && builder.setChosen(null)}
    >
      {error !== null && <ErrorState inline error={error} />}
      {page.blocks.length === 0 ? (
        <div className={`${figureCss.empty} ${over ? css.over : ''}`}>
          <LayoutDashboard size={28} strokeWidth={1.25} color="var(--accent)" aria-hidden />
          <h2 style={{ fontSize: 15 }}>{t('block.empty')}</h2>
          <p style={{ maxWidth: '52ch' }}>{t('block.emptyText')}</p>
          <div className={css.adders}>{adders}</div>
        </div>
      ) : (
        <>
          <div className={figureCss.grid}>
            {page.blocks.map((block, at) => (
              <Frame key={block.id} builder={builder} block={block} at={at} count={page.blocks.length} signatures={signatures} answer={answer?.blocks.find((one) => one.block === block.id)} pending={pending} path={drill[block.id] ?? []} onPath={(path) => onDrill(block.id, path)} onDropField={dropField} />
            ))}
          </div>
          <div className={`${css.addRow} ${over ? css.over : ''}`}>
            {adders}
            <span className="faint small">{t('block.drop')}</span>
          </div>
        </>
      )}
    </div>
  )
}

interface FrameProps {
  builder: Builder
  block: Block
  at: number
  count: number
  signatures: Signature[]
  answer: Answered | undefined
  pending: boolean
  path: (string | null)[]
  onPath: (path: (string | null)[]) => void
  onDropField: (event: DragEvent, block: string | null) => void
}

function Frame({ builder, block, at, count, signatures, answer, pending, path, onPath, onDropField }: FrameProps) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const [side, setSide] = useState<'before' | 'after' | 'field' | null>(null)
  const { edit } = builder
  const figure = figureOf(block)
  const signature = figure ? signatures.find((s) => s.name === figure.component) : undefined
  const name = says(block.title) ? f.words(block.title) : figure ? f.words(signature?.title) || figure.component : t('text.panel')
  const waits = figure ? waitsFor(figure, signatures) : []
  const here = builder.chosen?.id === block.id
  const tool = (label: string, icon: ReactNode, act: () => void, disabled = false) => (
    <Tooltip title={label} mouseEnterDelay={0.5}>
      <button type="button" aria-label={f.named(label, name)} disabled={disabled} onClick={act}>
        {icon}
      </button>
    </Tooltip>
  )
  return (
    <section
      aria-label={name}
      data-block={block.id}
      className={[css.frame, figureCss.block, block.span === 'half' ? figureCss.half : '', here ? css.here : '', side === 'before' ? css.before : side === 'after' ? css.after : side === 'field' ? css.over : ''].join(' ')}
      onClick={() => builder.setChosen(block.id)}
      onDragOver={(event) => {
        const what = dragged()
        if (!what || (what.kind === 'block' && what.id === block.id) || (what.kind !== 'block' && !figure)) return
        event.preventDefault()
        event.stopPropagation()
        const box = event.currentTarget.getBoundingClientRect()
        const share = block.span === 'half' ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height
        setSide(what.kind === 'block' ? (share < 0.5 ? 'before' : 'after') : 'field')
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setSide(null)}
      onDrop={(event) => {
        const what = dragged()
        const where = side
        setSide(null)
        if (what?.kind !== 'block') return figure ? onDropField(event, block.id) : undefined
        event.preventDefault()
        event.stopPropagation()
        endDrag()
        edit((doc) => {
          const from = builder.page?.blocks.findIndex((b) => b.id === what.id) ?? -1
          const to = (where === 'after' ? at + 1 : at) - (from >= 0 && from < at + (where === 'after' ? 1 : 0) ? 1 : 0)
          return moveBlock(doc, what.id, to)
        })
      }}
    >
      <div className={css.tools} role="toolbar" aria-label={t('block.tools', { name })} onClick={(event) => event.stopPropagation()}>
        <span className={css.grip} draggable onDragStart={(event) => startDrag(event, { kind: 'block', id: block.id })} onDragEnd={endDrag} title={t('block.drag')}>
          <GripVertical size={14} aria-hidden />
        </span>
        <button type="button" className={css.choose} aria-pressed={here} aria-label={t('block.choose', { name })} onClick={() => builder.setChosen(block.id)}>
          <span className="ellipsis">{name}</span>
        </button>
        {tool(t('block.up'), <ArrowUp size={13} aria-hidden />, () => edit((doc) => moveBlock(doc, block.id, at - 1)), at === 0)}
        {tool(t('block.down'), <ArrowDown size={13} aria-hidden />, () => edit((doc) => moveBlock(doc, block.id, at + 1)), at === count - 1)}
        {tool(t(block.span === 'half' ? 'block.widen' : 'block.narrow'), block.span === 'half' ? <RectangleHorizontal size={13} aria-hidden /> : <Columns2 size={13} aria-hidden />, () => edit((doc) => setBlock(doc, block.id, (b) => ({ ...b, span: b.span === 'half' ? 'full' : 'half' }))))}
        {tool(t('block.copy'), <Copy size={13} aria-hidden />, () => edit((doc) => copyBlock(doc, block.id)))}
        {tool(t('block.remove'), <Trash2 size={13} aria-hidden />, () => edit((doc) => removeBlock(doc, block.id)))}
      </div>
      <div className={css.inside}>
        {'text' in block.shows ? (
          <>
            {block.title && <h3 className={figureCss.heading}>{f.words(block.title)}</h3>}
            {f.words(block.shows.text).trim() ? <Markdown text={f.words(block.shows.text)} /> : <p className="faint">{t('text.empty')}</p>}
          </>
        ) : waits === null ? (
          <p className={css.waits}>{t('figure.unknown', { name: figure?.component })}</p>
        ) : waits.length > 0 ? (
          <p className={css.waits}>{t('figure.waits', { wells: waits.map((well) => (f.lang === 'en' ? `“${f.words(well.param.field.label)}”` : `“${f.words(well.param.field.label)}”`)).join(f.lang === 'en' ? ' and ' : '和') })}</p>
        ) : (
          <FigureBody block={block} answer={answer} path={path} onPath={onPath} pending={pending} />
        )}
      </div>
    </section>
  )
}

/** A menu of the kinds of figures. */
export function AddMenu({ signatures, onAdd, children }: { signatures: Signature[]; onAdd: (component: string) => void; children: ReactNode }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const items = shelves(signatures).map(({ shelf, figures }) => ({ type: 'group' as const, key: shelf, label: t(`figure.${shelf}`), children: figures.map((s) => ({ key: s.name, label: f.words(s.title) })) }))
  return (
    <Dropdown
      trigger={['click']}
      menu={{ style: { maxHeight: 420, overflowY: 'auto' }, items, onClick: ({ key }) => onAdd(key) }}
    >
      {children}
    </Dropdown>
  )
}
