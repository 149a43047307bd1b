import { Minus, PenLine, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/api/workflow'
import { words, type Text } from '@/lib/format'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { componentId, type Catalog } from '../model/connect'
import { isSame, type Change, type Diff, type NodeDiff } from '../model/diff'
import { signatureParams } from '@/components/form/params'
import { summary } from '../model/summary'
import css from './compare.module.css'

interface Props {
  old: Workflow
  now: Workflow
  diff: Diff
  catalog: Catalog
}

const SIGNS = { added: Plus, removed: Minus, changed: PenLine }

/** Every change in words, parameters one by one. */
export function ChangeList({ old, now, diff, catalog }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const [chosen, choose] = useParam('node')
  const title = (id: string) => {
    const node = now.nodes[id] ?? old.nodes[id]
    return node ? f.words(node.label) || f.words(catalog.get(componentId(node.component))?.title) || node.component.name : id
  }
  if (isSame(diff))
    return (
      <aside className={css.list}>
        <p className="soft">{t('compare.same')}</p>
      </aside>
    )
  const group = (mark: 'added' | 'removed' | 'changed', ids: string[]) => {
    const Sign = SIGNS[mark]
    return (
      ids.length > 0 && (
        <section key={mark}>
          <h2 className={css[`${mark}Text`]}>
            <Sign size={14} aria-hidden /> {t(`compare.${mark}`)} <span className="num faint">{ids.length}</span>
          </h2>
          <ul>
            {ids.map((id) => {
              const node = (mark === 'removed' ? old : now).nodes[id]
              const change = diff.changed[id]
              return (
                <li key={id} aria-current={id === chosen || undefined}>
                  <button type="button" onClick={() => choose(id)}>
                    {title(id)}
                  </button>
                  {change ? <Changes change={change} catalog={catalog} node={now.nodes[id]} /> : node && <div className="small soft">{summary(node, catalog.get(componentId(node.component)), f.words)}</div>}
                </li>
              )
            })}
          </ul>
        </section>
      )
    )
  }
  const edges = diff.edges.added.length + diff.edges.removed.length + diff.edges.changed.length
  return (
    <aside className={css.list} aria-label={t('compare.title')} tabIndex={0}>
      {group('added', diff.added)}
      {group('removed', diff.removed)}
      {group('changed', Object.keys(diff.changed))}
      {edges > 0 && (
        <p className="small soft num">
          {t('compare.connections', { count: edges, n: edges })} ({[['+', diff.edges.added.length], ['−', diff.edges.removed.length], ['±', diff.edges.changed.length]].filter(([, n]) => n).map(([sign, n]) => `${sign}${n}`).join(' ')})
        </p>
      )}
      {diff.moved.length > 0 && <p className="small faint">{t('compare.only_moved', { count: diff.moved.length, n: f.number(diff.moved.length) })}</p>}
    </aside>
  )
}

/** A name as it is in both languages. */
const bothNames = (label: unknown): string | null => [...new Set(Object.values(typeof label === 'object' && label !== null ? label : { label }))].filter(Boolean).join(' / ') || null

function Changes({ change, catalog, node }: { change: NodeDiff; catalog: Catalog; node: Workflow['nodes'][string] | undefined }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const signature = node && catalog.get(componentId(node.component))
  const params = signature ? signatureParams(signature) : []
  const rows: [label: string, change: Change, param: string][] = Object.entries(change.params).map(([name, c]) => [words(f.lang, params.find((p) => p.name === name)?.field.label as Text | undefined) || name, c, name])
  for (const key of ['component', 'note', 'seed', 'frame'] as const) if (change[key]) rows.push([t(`compare.${key}`), change[key], ''])
  if (change.label) rows.push([t('compare.label'), { from: bothNames(change.label.from), to: bothNames(change.label.to) }, ''])
  // In the words of the form where a value has them.
  const value = (name: string, v: unknown) => {
    if (v === null || v === undefined) return t('compare.unset')
    const said = node && name ? summary({ ...node, params: { [name]: v } }, signature, f.words) : ''
    return said || (typeof v === 'string' ? v : JSON.stringify(v))
  }
  return (
    <dl className={css.changes}>
      {rows.map(([label, c, param]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <del>{value(param, c.from)}</del>
            <ins>{value(param, c.to)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
