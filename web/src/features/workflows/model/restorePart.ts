// The edits that make one thing of the draft what it was in an older version, as
// crates/tandem-flow/src/diff/restore.rs does it for a step; all else stays.
import type { Edit, FlowNode, Workflow } from '@/api/workflow'
import { componentId, type Catalog } from './connect'
import { withdraw } from './declare'
import { diff, type NodeDiff } from './diff'
import { applyAll } from './edits'

/** What can be restored by itself. */
export type PartKind = 'node' | 'edge' | 'note' | 'frame' | 'param' | 'input' | 'output'

export interface Part {
  kind: PartKind
  id: string
}

/** The edits that bring one part back; empty where it can't be, or is what it was. */
export function restorePart(old: Workflow, now: Workflow, catalog: Catalog, { kind, id }: Part): Edit[] {
  const edits = editsOf[kind](old, now, id, catalog)
  return applyAll(now, edits).undo.length > 0 ? edits : []
}

const editsOf: Record<PartKind, (old: Workflow, now: Workflow, id: string, catalog: Catalog) => Edit[]> = {
  node: restoreNode,
  edge: restoreEdge,
  frame: restoreFrame,
  note: (old, now, id) => {
    const was = old.notes?.[id]
    if (!was) return [{ op: 'remove_note', id }]
    if (!now.notes?.[id]) return [{ op: 'add_note', id, note: was }]
    return [{ op: 'set_note_text', id, text: was.text }, { op: 'move_note', id, position: was.position, size: was.size ?? null }]
  },
  // A parameter that was not there yet leaves its value at the steps that take it.
  param: (old, now, id) => (old.params?.[id] ? [{ op: 'declare_param', name: id, schema: old.params[id] }] : withdraw(now, id)),
  input: (old, _now, id) => [{ op: 'expose_input', name: id, input: old.inputs?.[id] ?? null }],
  output: (old, _now, id) => [{ op: 'expose_output', name: id, output: old.outputs?.[id] ?? null }],
}

/**
 * A step does and says what it did; it stays where it lies. One that was removed
 * comes back with those of its connections whose other ends are there and open;
 * one that was not there yet is removed.
 */
function restoreNode(old: Workflow, now: Workflow, id: string, catalog: Catalog): Edit[] {
  const [was, is] = [old.nodes[id], now.nodes[id]]
  if (!was) return is ? [{ op: 'remove_node', id }] : []
  if (is) return fields(id, was, diff({ ...old, nodes: { [id]: was } }, { ...now, nodes: { [id]: is } }).changed[id])
  let then = applyAll(now, [{ op: 'add_node', id, node: was }]).workflow
  const edits: Edit[] = [{ op: 'add_node', id, node: was }]
  for (const [edgeId, edge] of Object.entries(old.edges)) {
    if (edge.from.node !== id && edge.to.node !== id) continue
    if (now.edges[edgeId] || inTheWay(then, catalog, edge.to).length > 0) continue
    const connect: Edit = { op: 'connect', id: edgeId, edge }
    const next = applyAll(then, [connect])
    if (next.undo.length === 0) continue
    edits.push(connect)
    then = next.workflow
  }
  return edits
}

function fields(id: string, was: FlowNode, change: NodeDiff | undefined): Edit[] {
  if (!change) return []
  return [
    ...(change.component ? [{ op: 'set_component' as const, id, component: was.component }] : []),
    ...Object.keys(change.params).map((param): Edit => ({ op: 'set_param', id, param, value: was.params?.[param] ?? null })),
    ...(change.label ? [{ op: 'set_label' as const, id, label: was.label ?? null }] : []),
    ...(change.note ? [{ op: 'set_node_note' as const, id, note: was.note ?? null }] : []),
    ...(change.seed ? [{ op: 'set_seed' as const, id, seed: was.seed ?? null }] : []),
    // Back into its group, where that is still there.
    ...(change.frame ? [{ op: 'set_frame' as const, id, frame: was.frame ?? null }] : []),
  ]
}

/** What feeds a port that takes only one. */
function inTheWay(w: Workflow, catalog: Catalog, to: { node: string; port: string }): string[] {
  const node = w.nodes[to.node]
  const port = node && catalog.get(componentId(node.component))?.inputs.find((p) => p.name === to.port)
  if (!port || port.many) return []
  return Object.entries(w.edges).flatMap(([id, edge]) => (edge.to.node === to.node && edge.to.port === to.port ? [id] : []))
}

/** A connection that went comes back in place of what feeds its port by now. */
function restoreEdge(old: Workflow, now: Workflow, id: string, catalog: Catalog): Edit[] {
  const [was, is] = [old.edges[id], now.edges[id]]
  const gone: Edit[] = is ? [{ op: 'disconnect', id }] : []
  if (!was) return gone
  if (!now.nodes[was.from.node] || !now.nodes[was.to.node]) return []
  const others = inTheWay(now, catalog, was.to).filter((other) => other !== id)
  return [...gone, ...others.map((other): Edit => ({ op: 'disconnect', id: other })), { op: 'connect', id, edge: was }]
}

/** A group that went comes back around those of its steps that are in no other by now. */
function restoreFrame(old: Workflow, now: Workflow, id: string): Edit[] {
  const was = old.frames?.[id]
  if (!was) return [{ op: 'remove_frame', id }]
  if (now.frames?.[id]) return [{ op: 'set_frame_title', id, title: was.title }, { op: 'fold_frame', id, folded: Boolean(was.folded) }]
  const inside = Object.entries(old.nodes).filter(([node, { frame }]) => frame === id && now.nodes[node] && now.nodes[node].frame === undefined)
  return [{ op: 'add_frame', id, frame: was }, ...inside.map(([node]): Edit => ({ op: 'set_frame', id: node, frame: id }))]
}
