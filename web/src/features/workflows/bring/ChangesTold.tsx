import { Minus, PenLine, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Remark } from '@/api/workflowFiles'
import type { FlowNode, Workflow } from '@/api/workflow'
import { signatureParams } from '@/components/form/params'
import { words, type Text } from '@/lib/format'
import { useFormat } from '@/lib/useFormat'
import { componentId, type Catalog } from '../model/connect'
import { diff, isSame, type NodeDiff } from '../model/diff'
import { summary } from '../model/summary'
import css from './bring.module.css'

const SIGNS = { added: Plus, removed: Minus, changed: PenLine }
const REST = ['notes', 'frames', 'params', 'inputs', 'outputs'] as const

/** What a notebook changes, step by step, and what there is to know of its cells. */
export function ChangesTold({ old, now, remarks, catalog }: { old: Workflow; now: Workflow; remarks: Remark[]; catalog: Catalog }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const found = useMemo(() => diff(old, now), [old, now])
  const of = (node: FlowNode) => catalog.get(componentId(node.component))
  const title = (node: FlowNode) => f.words(node.label) || f.words(of(node)?.title) || node.component.name
  const code = (node: FlowNode) => (node.component.name === 'python' && typeof node.params?.code === 'string' ? node.params.code : null)
  const group = (mark: keyof typeof SIGNS, nodes: [string, FlowNode | undefined][]) => {
    const Sign = SIGNS[mark]
    if (nodes.length === 0) return null
    return (
      <section key={mark}>
        <h3 className={css[mark]}>
          <Sign size={14} aria-hidden /> {t(`compare.${mark}`)} <span className="num faint">{nodes.length}</span>
        </h3>
        <ul>
          {nodes.map(([id, node]) => {
            const change = found.changed[id]
            const text = node && !change ? code(node) : null
            return (
              <li key={id}>
                <span className={css.name}>{node ? title(node) : id}</span>{' '}
                {node && !change && text === null && <span className="small soft">{summary(node, of(node), f.words)}</span>}
                {text !== null && <pre className={css.code} tabIndex={0}>{text}</pre>}
                {change && node && <Values change={change} node={node} catalog={catalog} />}
              </li>
            )
          })}
        </ul>
      </section>
    )
  }
  const edges = found.edges.added.length + found.edges.removed.length + found.edges.changed.length
  const rest = REST.map((part) => ({ part, count: found[part].added.length + found[part].removed.length + found[part].changed.length })).filter((one) => one.count > 0)
  return (
    <div className={css.scroll}>
      {isSame(found) && <p className="soft">{t('bring.same')}</p>}
      {group('added', found.added.map((id) => [id, now.nodes[id]]))}
      {group('removed', found.removed.map((id) => [id, old.nodes[id]]))}
      {group('changed', Object.keys(found.changed).map((id) => [id, now.nodes[id]]))}
      {(edges > 0 || rest.length > 0) && (
        <p className="small soft num">
          {[edges > 0 ? t('bring.connections', { count: edges, n: f.number(edges) }) : null, ...rest.map(({ part, count }) => t(`bring.parts.${part}`, { count, n: f.number(count) }))].filter(Boolean).join(' · ')}
        </p>
      )}
      {remarks.length > 0 && (
        <section>
          <h3 className={css.told}>{t('bring.remarks')}</h3>
          <Remarks remarks={remarks} />
        </section>
      )}
    </div>
  )
}

/** What there is to know of cells, a line each. */
export function Remarks({ remarks }: { remarks: Remark[] }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  return (
    <ul>
      {remarks.map((remark, index) => (
        <li key={index}>
          <span className="faint">{t('bring.cell', { id: remark.cell })}</span> {f.words(remark.message)}
        </li>
      ))}
    </ul>
  )
}

function Values({ change, node, catalog }: { change: NodeDiff; node: FlowNode; catalog: Catalog }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const signature = catalog.get(componentId(node.component))
  const params = signature ? signatureParams(signature) : []
  const label = (name: string) => words(f.lang, params.find((p) => p.name === name)?.field.label as Text | undefined) || name
  const value = (name: string, v: unknown) => {
    if (v === null || v === undefined) return t('compare.unset')
    const said = summary({ ...node, params: { [name]: v } }, signature, f.words)
    return said || (typeof v === 'string' ? v : JSON.stringify(v))
  }
  const named = (ref: unknown) => {
    const component = ref as FlowNode['component']
    return f.words(catalog.get(componentId(component))?.title) || componentId(component)
  }
  const rows: [string, string, string][] = Object.entries(change.params).map(([name, c]) => [label(name), value(name, c.from), value(name, c.to)])
  if (change.component) rows.unshift([t('compare.component'), named(change.component.from), named(change.component.to)])
  for (const key of ['label', 'note', 'seed', 'frame'] as const) {
    const c = change[key]
    if (c) rows.push([t(`compare.${key}`), value('', c.from), value('', c.to)])
  }
  return (
    <dl className={css.values}>
      {rows.map(([name, from, to]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>
            <del>{from}</del>
            <ins>{to}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
