import { useTranslation } from 'react-i18next'
import type { Lineage } from '@/api/types'
import { layers } from '@/lib/layers'
import { urls } from '@/lib/urls'
import { AppLink } from './AppLink'
import { Ago } from './bits'
import css from './LineageGraph.module.css'
import { useRunName } from './useRunName'

const WIDTH = 236
const HEIGHT = 56
const GAP_X = 56
const GAP_Y = 18

/** What something was made from and what was made from it, left to right. */
export function LineageGraph({ lineage, here, projectId }: { lineage: Lineage; here?: string; projectId: string }) {
  const { t } = useTranslation()
  const runName = useRunName()
  const runTitle = (node: Lineage['nodes'][number]) =>
    node.run ? runName({ kind: node.run.kind as 'import' | 'scenario' | 'workflow', name: node.name, inputs: [] }) : node.name
  const columns = layers(
    lineage.nodes.map((n) => n.id),
    lineage.edges,
  )
  const at = new Map<string, { x: number; y: number }>()
  const tallest = Math.max(1, ...columns.map((c) => c.length))
  const height = tallest * (HEIGHT + GAP_Y)
  columns.forEach((column, x) => {
    const top = (height - column.length * (HEIGHT + GAP_Y)) / 2
    column.forEach((id, y) => at.set(id, { x: x * (WIDTH + GAP_X), y: top + y * (HEIGHT + GAP_Y) }))
  })
  const width = columns.length * (WIDTH + GAP_X) - GAP_X
  return (
    <div className={css.scroll}>
      <div className={css.graph} style={{ width, height }}>
        <svg width={width} height={height} aria-hidden>
          {lineage.edges.map((edge, index) => {
            const a = at.get(edge.from)
            const b = at.get(edge.to)
            if (!a || !b) return null
            const [x1, y1, x2, y2] = [a.x + WIDTH, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2]
            const bend = (x2 - x1) / 2
            return <path key={index} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} fill="none" stroke="var(--line-strong)" strokeWidth="1.5" />
          })}
        </svg>
        {lineage.nodes.map((node) => {
          const place = at.get(node.id)
          if (!place) return null
          const isRun = node.kind === 'run'
          const current = here !== undefined && (node.asset?.id === here || node.run?.id === here)
          const classes = [css.node, isRun && css.run, current && css.here, node.stale && css.stale].filter(Boolean).join(' ')
          // A report is read on the page of the run that made it.
          const maker = node.asset?.kind === 'report' ? lineage.nodes.find((n) => n.run && lineage.edges.some((e) => e.from === n.id && e.to === node.id))?.run : node.run
          const href = maker ? urls.run(projectId, maker.id) : node.asset ? urls.asset(projectId, node.asset, node.asset.seq) : null
          const inside = (
            <>
              <span className={css.line}>
                <span className="ellipsis">{node.hidden ? t('state.hidden') : node.kind === 'run' ? runTitle(node) : node.name}</span>
                {node.asset?.seq && <span className="mono faint">v{node.asset.seq}</span>}
              </span>
              <span className="small faint ellipsis">
                {node.stale && `${t('run.stale')} · `}
                {isRun && node.run ? (
                  <>
                    {t(`run.kind.${node.run.kind}` as 'run.kind.import')} · <Ago at={node.run.created_at} />
                  </>
                ) : (
                  t(`lineage.${node.asset?.kind ?? 'dataset'}` as 'lineage.dataset', { defaultValue: '' })
                )}
              </span>
            </>
          )
          const style = { left: place.x, top: place.y }
          return href ? (
            <AppLink key={node.id} href={href} className={classes} style={style} aria-current={current || undefined}>
              {inside}
            </AppLink>
          ) : (
            <div key={node.id} className={classes} style={style}>
              {inside}
            </div>
          )
        })}
      </div>
    </div>
  )
}
