import { Minus, PenLine, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { componentId } from './model/connect'
import { diff } from './model/diff'
import { summary } from './model/summary'
import { useWork } from './store/work'
import css from './Unsent.module.css'

const SIGNS = { added: Plus, removed: Minus, changed: PenLine }

/** What the server doesn't have, step by step: what it has beside what is drawn. */
export function Unsent({ old, now }: { old: Workflow; now: Workflow }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const { catalog } = useWork()
  const found = diff(old, now)
  const lines = (['added', 'removed', 'changed'] as const).flatMap((mark) =>
    (mark === 'changed' ? Object.keys(found.changed) : found[mark]).map((id) => ({ mark, id, node: (mark === 'removed' ? old : now).nodes[id] })),
  )
  const counted = (key: 'connections' | 'moved' | 'notes' | 'frames' | 'declared', count: number) => (count > 0 ? t(`unsent.${key}`, { count, n: f.number(count) }) : [])
  const all = (part: { added: string[]; removed: string[]; changed: string[] }) => part.added.length + part.removed.length + part.changed.length
  const rest = [
    counted('connections', all(found.edges)),
    counted('moved', found.moved.length),
    counted('notes', all(found.notes)),
    counted('frames', all(found.frames)),
    counted('declared', all(found.params) + all(found.inputs) + all(found.outputs)),
  ].flat()
  if (lines.length + rest.length === 0) return <p className="soft">{t('unsent.none')}</p>
  return (
    <div className={css.list} tabIndex={0} role="region" aria-label={t('unsent.title')}>
      <ul>
        {lines.map(({ mark, id, node }) => {
          const Sign = SIGNS[mark]
          const signature = node && catalog.get(componentId(node.component))
          const said = node && summary(node, signature, f.words)
          return (
            <li key={`${mark} ${id}`}>
              <Sign size={13} role="img" aria-label={t(`compare.${mark}`)} />
              <span>
                {f.words(node?.label) || f.words(signature?.title) || node?.component.name}
                {said && <span className="small soft"> · {said}</span>}
              </span>
            </li>
          )
        })}
        {rest.map((text) => (
          <li key={text}>
            <PenLine size={13} aria-hidden />
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
