import type { Block, Dashboard } from '@/api/dashboards'
import { figureIcon } from '../icons'
import css from './DashboardList.module.css'

const MOST = 6

/** How the first page is laid out: a box for every block, with the kind of figure in it. */
export function PageThumb({ dashboard }: { dashboard: Dashboard }) {
  const blocks = dashboard.pages[0]?.blocks ?? []
  return (
    <div className={css.thumb} aria-hidden>
      <div className={css.grid}>
        {blocks.slice(0, MOST).map((block) => (
          <span key={block.id} className={block.span === 'half' ? css.half : css.full}>
            {mark(block)}
          </span>
        ))}
      </div>
    </div>
  )
}

function mark(block: Block) {
  if ('text' in block.shows) return <i className={css.lines} />
  const Icon = figureIcon(block.shows.figure.component)
  return <Icon size={16} strokeWidth={1.5} />
}
