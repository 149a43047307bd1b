// What differs, in words: the name of each thing, and what was and is said of it.
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FlowEdge, FlowNode, Label, PortRef, Text, Workflow } from '@/api/workflow'
import { assetKind, schemaOfParam, signatureParams } from '@/components/form/params'
import { words } from '@/lib/format'
import { useFormat } from '@/lib/useFormat'
import { componentId, type Catalog } from '../model/connect'
import type { Change } from '../model/diff'
import { diff } from '../model/diff'
import type { PartKind } from '../model/restorePart'
import { summary } from '../model/summary'
import { AssetName } from '../store/AssetName'

export interface Row {
  label: string
  from: ReactNode
  to: ReactNode
}

interface Words {
  title: (kind: PartKind, id: string) => string
  /** What was and is, field by field. */
  rows: (kind: PartKind, id: string) => Row[]
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const SHORT = 60
/** What a declared parameter says of itself, under the names that the panel has for it; all else goes by its own name. */
const SCHEMA_WORDS = {
  default: 'declare.default', 'x-label': 'declare.name', 'x-help': 'declare.help', 'x-required': 'declare.required', enum: 'declare.choices', 'x-enum-labels': 'declare.choices',
  type: 'compare.schema.type', format: 'compare.schema.type', minimum: 'compare.schema.least', maximum: 'compare.schema.most', 'x-order': 'compare.schema.order',
} as const

/** Words in both languages, where the two differ. */
const bothNames = (label: unknown): string | null => [...new Set(Object.values(isObject(label) ? label : { label }))].filter(Boolean).join(' / ') || null

/** The fields under which two things differ. */
function differing(was: Json, is: Json): [string, Change][] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name): [string, Change][] => (JSON.stringify(was[name] ?? null) === JSON.stringify(is[name] ?? null) ? [] : [[name, { from: was[name] ?? null, to: is[name] ?? null }]]))
}

export function useChangeWords(old: Workflow, now: Workflow, catalog: Catalog): Words {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  return useMemo<Words>(() => {
    const found = diff(old, now)
    const unset = t('compare.unset')
    const component = (ref: FlowNode['component']) => f.words(catalog.get(componentId(ref))?.title) || ref.name
    const stepTitle = (id: string) => {
      const node = now.nodes[id] ?? old.nodes[id]
      return node ? f.words(node.label) || component(node.component) : id
    }
    const frameTitle = (id: unknown) => (typeof id === 'string' ? f.words((now.frames?.[id] ?? old.frames?.[id])?.title) || id : unset)
    const port = ({ node, port }: PortRef, input: boolean) => {
      const drawn = now.nodes[node] ?? old.nodes[node]
      const signature = drawn && catalog.get(componentId(drawn.component))
      const ports = (input ? signature?.inputs : signature?.outputs) ?? []
      const label = f.words(ports.find((p) => p.name === port)?.label) || port
      return ports.length === 1 ? stepTitle(node) : `${stepTitle(node)} · ${label}`
    }
    const line = (edge: FlowEdge | undefined) => (edge ? `${port(edge.from, false)} → ${port(edge.to, true)}` : unset)
    const plain = (value: unknown): string => {
      if (value === null || value === undefined || value === '') return unset
      if (typeof value === 'boolean') return t(value ? 'common:value.true' : 'common:value.false')
      if (typeof value === 'number') return f.number(value, 12)
      if (Array.isArray(value)) return value.map((v) => (isObject(v) ? JSON.stringify(v) : plain(v))).join(', ')
      if (isObject(value)) return typeof value.en === 'string' ? (bothNames(value) ?? unset) : JSON.stringify(value)
      return String(value)
    }
    const both = (label: string, change: Change, say: (value: unknown) => ReactNode): Row => ({ label, from: say(change.from), to: say(change.to) })

    function stepRows(id: string): Row[] {
      const change = found.changed[id]
      const node = now.nodes[id]
      if (!change || !node) return []
      const signature = catalog.get(componentId(node.component))
      const params = signature ? signatureParams(signature) : []
      // In the words of the form where a value has them.
      const value = (name: string, v: unknown): ReactNode => {
        if (v === null || v === undefined) return unset
        const kind = signature ? assetKind(schemaOfParam(signature, name)) : null
        if (kind !== null && typeof v === 'string') return <AssetName kind={kind} id={/^own-([^@]+)@/.exec(v)?.[1] ?? v} />
        return summary({ ...node, params: { [name]: v } }, signature, f.words) || plain(v)
      }
      const rows = Object.entries(change.params).map(([name, c]) => both(words(f.lang, params.find((p) => p.name === name)?.field.label as Text | undefined) || name, c, (v) => value(name, v)))
      if (change.component) rows.push(both(t('compare.component'), change.component, (v) => (isObject(v) ? `${component(v as FlowNode['component'])} v${String(v.version)}` : unset)))
      if (change.label) rows.push(both(t('compare.label'), change.label, (v) => bothNames(v) ?? unset))
      if (change.note) rows.push(both(t('compare.note'), change.note, plain))
      if (change.seed) rows.push(both(t('compare.seed'), change.seed, plain))
      if (change.frame) rows.push(both(t('compare.frame'), change.frame, frameTitle))
      return rows
    }
    const edgeRows = (id: string): Row[] => {
      const [was, is] = [old.edges[id], now.edges[id]]
      if (!was || !is) return []
      return [
        ...(line(was) === line(is) ? [] : [{ label: t('panel.edge'), from: line(was), to: line(is) }]),
        ...((was.order ?? 0) === (is.order ?? 0) ? [] : [{ label: t('compare.schema.order'), from: plain(was.order ?? 0), to: plain(is.order ?? 0) }]),
      ]
    }
    const paramRows = (id: string): Row[] => {
      const rows = differing(old.params?.[id] ?? {}, now.params?.[id] ?? {}).map(([name, change]) => {
        const key = name in SCHEMA_WORDS ? SCHEMA_WORDS[name as keyof typeof SCHEMA_WORDS] : null
        return both(key === null ? name.replace(/^x-/, '') : t(key), change, plain)
      })
      return rows
    }
    const noteRows = (id: string): Row[] => {
      const [was, is] = [old.notes?.[id], now.notes?.[id]]
      if (!was || !is) return []
      return was.text === is.text ? [{ label: t('compare.note'), from: '', to: t('compare.placed') }] : [{ label: t('compare.note'), from: plain(was.text), to: plain(is.text) }]
    }
    const frameRows = (id: string): Row[] => {
      const [was, is] = [old.frames?.[id], now.frames?.[id]]
      if (!was || !is) return []
      const name = (label: Label) => bothNames(label) ?? unset
      const folded = (folded: boolean | undefined) => t(folded ? 'compare.folded' : 'compare.unfolded')
      return [
        ...(name(was.title) === name(is.title) ? [] : [{ label: t('compare.label'), from: name(was.title), to: name(is.title) }]),
        ...(Boolean(was.folded) === Boolean(is.folded) ? [] : [{ label: t('compare.look'), from: folded(was.folded), to: folded(is.folded) }]),
      ]
    }
    const outerRows = (side: 'inputs' | 'outputs', id: string): Row[] => {
      const [was, is] = [old[side]?.[id], now[side]?.[id]]
      if (!was || !is) return []
      return differing({ ...was }, { ...is }).map(([name, change]) => {
        if (name === 'to') return both(t('declare.feeds'), change, (v) => (v as PortRef[]).map((end) => port(end, true)).join(', '))
        if (name === 'from') return both(t('declare.comesFrom'), change, (v) => port(v as PortRef, false))
        return both(t(name === 'help' ? 'declare.help' : 'declare.name'), change, plain)
      })
    }
    const outer = (declared: { label?: Text } | undefined, id: string) => f.words(declared?.label) || id
    return {
      title: (kind, id) => {
        switch (kind) {
          case 'node':
            return stepTitle(id)
          case 'edge':
            return line(now.edges[id] ?? old.edges[id])
          case 'note': {
            const text = (now.notes?.[id] ?? old.notes?.[id])?.text.trim().split('\n')[0] ?? ''
            return text.length > SHORT ? `${text.slice(0, SHORT)} …` : text || t('note.new')
          }
          case 'frame':
            return frameTitle(id) || t('frame.new')
          case 'param':
            return f.words((now.params?.[id] ?? old.params?.[id])?.['x-label'] as Text | undefined) || id
          case 'input':
            return outer(now.inputs?.[id] ?? old.inputs?.[id], id)
          case 'output':
            return outer(now.outputs?.[id] ?? old.outputs?.[id], id)
        }
      },
      rows: (kind, id) => {
        switch (kind) {
          case 'node':
            return stepRows(id)
          case 'edge':
            return edgeRows(id)
          case 'note':
            return noteRows(id)
          case 'frame':
            return frameRows(id)
          case 'param':
            return old.params?.[id] && now.params?.[id] ? paramRows(id) : []
          case 'input':
            return outerRows('inputs', id)
          case 'output':
            return outerRows('outputs', id)
        }
      },
    }
  }, [old, now, catalog, t, f])
}
