// What lies between two versions of a workflow, element by element, as
// crates/tandem-flow/src/diff says it; here too so that the draft can be compared.
import type { FlowNode, Workflow } from '@/api/workflow'

export interface Change {
  from: unknown
  to: unknown
}

export interface NodeDiff {
  component?: Change
  params: Record<string, Change>
  label?: Change
  note?: Change
  seed?: Change
  frame?: Change
}

interface Elements {
  added: string[]
  removed: string[]
  changed: string[]
}

export interface Diff {
  added: string[]
  removed: string[]
  changed: Record<string, NodeDiff>
  moved: string[]
  edges: Elements
  notes: Elements
  frames: Elements
  params: Elements
  inputs: Elements
  outputs: Elements
}

const same = (a: unknown, b: unknown) => JSON.stringify(canonical(a ?? null)) === JSON.stringify(canonical(b ?? null))

/** The same value with the keys of its objects in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, canonical(v)]))
}

function elements(old: Record<string, unknown> = {}, now: Record<string, unknown> = {}): Elements {
  return {
    added: Object.keys(now).filter((id) => !(id in old)),
    removed: Object.keys(old).filter((id) => !(id in now)),
    changed: Object.keys(old).filter((id) => id in now && !same(old[id], now[id])),
  }
}

const between = (from: unknown, to: unknown): Change | undefined => (same(from, to) ? undefined : { from: from ?? null, to: to ?? null })

function nodeDiff(was: FlowNode, is: FlowNode): NodeDiff | null {
  const names = [...new Set([...Object.keys(was.params ?? {}), ...Object.keys(is.params ?? {})])].sort()
  const params = Object.fromEntries(
    names.flatMap((name): [string, Change][] => {
      const change = between(was.params?.[name], is.params?.[name])
      return change ? [[name, change]] : []
    }),
  )
  const diff: NodeDiff = { params }
  for (const key of ['component', 'label', 'note', 'seed', 'frame'] as const) {
    const change = between(was[key], is[key])
    if (change) diff[key] = change
  }
  return Object.keys(diff).length > 1 || names.some((n) => n in params) ? diff : null
}

export function diff(old: Workflow, now: Workflow): Diff {
  const nodes = elements(old.nodes, now.nodes)
  const changed: Record<string, NodeDiff> = {}
  const moved: string[] = []
  for (const [id, was] of Object.entries(old.nodes)) {
    const is = now.nodes[id]
    if (!is) continue
    const change = nodeDiff(was, is)
    if (change) changed[id] = change
    if (!same(was.position, is.position)) moved.push(id)
  }
  return {
    added: nodes.added,
    removed: nodes.removed,
    changed,
    moved,
    edges: elements(old.edges, now.edges),
    notes: elements(old.notes, now.notes),
    frames: elements(old.frames, now.frames),
    params: elements(old.params, now.params),
    inputs: elements(old.inputs, now.inputs),
    outputs: elements(old.outputs, now.outputs),
  }
}

/** Whether nothing lies between them but places. */
export function isSame(d: Diff): boolean {
  const parts = [d.edges, d.notes, d.frames, d.params, d.inputs, d.outputs]
  return d.added.length + d.removed.length + Object.keys(d.changed).length + d.moved.length === 0 && parts.every((p) => p.added.length + p.removed.length + p.changed.length === 0)
}
