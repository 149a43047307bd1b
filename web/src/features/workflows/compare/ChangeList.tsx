import { Button } from 'antd'
import { Minus, PenLine, Plus, Undo2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/api/workflow'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { componentId, type Catalog } from '../model/connect'
import { isSame, type Diff } from '../model/diff'
import { restorePart, type PartKind } from '../model/restorePart'
import { summary } from '../model/summary'
import css from './compare.module.css'
import type { Restore } from './useRestore'
import { useChangeWords } from './useChangeWords'

interface Props {
  old: Workflow
  now: Workflow
  diff: Diff
  catalog: Catalog
  /** Where the newer side is the draft, and the reader may change it. */
  restore: Restore | null
  /** The older version. */
  seq: number
}

type Mark = 'added' | 'removed' | 'changed'
const MARKS: Mark[] = ['added', 'removed', 'changed']
const SIGNS = { added: Plus, removed: Minus, changed: PenLine }
const SECTIONS = [['edge', 'edges'], ['param', 'params'], ['input', 'inputs'], ['output', 'outputs'], ['note', 'notes'], ['frame', 'frames']] as const

/** Every change in words, field by field, and the way back for each. */
export function ChangeList({ old, now, diff, catalog, restore, seq }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const [chosen, choose] = useParam('node')
  const { title, rows } = useChangeWords(old, now, catalog)
  const back = (kind: PartKind, id: string, mark: Mark) => {
    if (!restore) return null
    const edits = restorePart(old, now, catalog, { kind, id })
    const what = title(kind, id)
    const words = t(`compare.${mark === 'added' ? 'takeOut' : 'restore'}.${kind}`)
    return (
      <Button
        size="small"
        className={css.back}
        disabled={edits.length === 0 || restore.busy}
        title={edits.length === 0 ? t('compare.noWay') : undefined}
        aria-label={f.named(words, what)}
        onClick={() => restore.make(t(`compare.done.${mark}`, { what, seq }), (draft) => restorePart(old, draft, catalog, { kind, id }))}
      >
        {words}
      </Button>
    )
  }
  const item = (kind: PartKind, id: string, mark: Mark) => {
    const node = kind === 'node' ? (mark === 'removed' ? old : now).nodes[id] : undefined
    const Sign = SIGNS[mark]
    return (
      <li key={`${mark} ${id}`} aria-current={(kind === 'node' && id === chosen) || undefined}>
        {kind === 'node' ? (
          <button type="button" className={css.name} onClick={() => choose(id)}>
            {title(kind, id)}
          </button>
        ) : (
          <span className={css.name}>
            <Sign size={13} className={css[`${mark}Text`]} role="img" aria-label={t(`compare.${mark}`)} /> {title(kind, id)}
          </span>
        )}
        {node && mark !== 'changed' && <div className="small soft">{summary(node, catalog.get(componentId(node.component)), f.words)}</div>}
        {mark === 'changed' && (
          <dl className={css.changes}>
            {rows(kind, id).map((row, index) => (
              <div key={index}>
                <dt>{row.label}</dt>
                <dd>
                  {row.from !== '' && <del>{row.from}</del>}
                  <ins>{row.to}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {back(kind, id, mark)}
      </li>
    )
  }
  const steps = { added: diff.added, removed: diff.removed, changed: Object.keys(diff.changed) }
  return (
    <aside className={css.list} aria-label={t('compare.title')} tabIndex={0}>
      {restore && <Told restore={restore} />}
      {isSame(diff) && <p className="soft">{t('compare.same')}</p>}
      {MARKS.map((mark) => {
        const Sign = SIGNS[mark]
        return (
          steps[mark].length > 0 && (
            <section key={mark}>
              <h2 className={css[`${mark}Text`]}>
                <Sign size={14} aria-hidden /> {t(`compare.${mark}`)} <span className="num">{f.number(steps[mark].length)}</span>
              </h2>
              <ul>{steps[mark].map((id) => item('node', id, mark))}</ul>
            </section>
          )
        )
      })}
      {SECTIONS.map(([kind, part]) => {
        const count = MARKS.reduce((sum, mark) => sum + diff[part][mark].length, 0)
        return (
          count > 0 && (
            <section key={kind}>
              <h2>
                {t(`compare.part.${kind}`)} <span className="num">{f.number(count)}</span>
              </h2>
              <ul>{MARKS.flatMap((mark) => diff[part][mark].map((id) => item(kind, id, mark)))}</ul>
            </section>
          )
        )
      })}
      {diff.moved.length > 0 && <p className="small faint">{t('compare.only_moved', { count: diff.moved.length, n: f.number(diff.moved.length) })}</p>}
    </aside>
  )
}

/** What was done to the draft, and a way to take it back. */
function Told({ restore }: { restore: Restore }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  return (
    <div aria-live="polite" className={restore.last !== null || restore.idle || restore.refused.length > 0 ? css.told : undefined}>
      {restore.idle && <p>{t('compare.idle')}</p>}
      {restore.refused.map((text) => (
        <p key={text.en}>{f.words(text)}</p>
      ))}
      {restore.last !== null && (
        <>
          <p>{restore.last}</p>
          <Button size="small" icon={<Undo2 size={13} />} loading={restore.busy} onClick={restore.undo}>
            {t('common:action.undo')}
          </Button>
        </>
      )}
    </div>
  )
}
