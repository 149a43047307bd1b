// Changes that people make, as the edits that they are.
import type { Edit, FlowNode, Label, PortRef, Position, Signature, Workflow } from '@/api/workflow'
import { refusal, type Catalog } from './connect'
import { nodesIn } from './frames'
import { newId } from './ids'
import { NODE } from './layout'

const GRID = 10
export const snapped = (p: Position): Position => ({ x: Math.round(p.x / GRID) * GRID, y: Math.round(p.y / GRID) * GRID })

/** The nearest place at or below `at` where no node lies. */
export function freePlace(w: Workflow, at: Position): Position {
  const place = snapped(at)
  const taken = (p: Position) => Object.values(w.nodes).some((n) => Math.abs(n.position.x - p.x) < NODE.width && Math.abs(n.position.y - p.y) < NODE.height + 8)
  while (taken(place)) place.y += GRID * 5
  return place
}

export function addStep(w: Workflow, signature: Signature, at: Position): { edits: Edit[]; id: string } {
  const id = newId('n')
  const node: FlowNode = { component: { name: signature.name, version: signature.version }, position: freePlace(w, at) }
  return { id, edits: [{ op: 'add_node', id, node }] }
}

export const connect = (from: PortRef, to: PortRef): Edit => ({ op: 'connect', id: newId('e'), edge: { from, to } })

/** The first input of a step that an output may be connected to. */
export function openInput(w: Workflow, catalog: Catalog, from: PortRef, signature: Signature, node: string): PortRef | null {
  const ports = signature.inputs.map((p) => ({ node, port: p.name }))
  return ports.find((to) => refusal(w, catalog, from, to) === null) ?? null
}

/** Removes what is chosen: nodes with their connections, notes, frames (their nodes stay) and connections. */
export function remove(w: Workflow, chosen: ReadonlySet<string>): Edit[] {
  const edits: Edit[] = []
  for (const id of chosen) {
    if (w.edges[id]) edits.push({ op: 'disconnect', id })
    else if (w.notes?.[id]) edits.push({ op: 'remove_note', id })
    else if (w.frames?.[id]) edits.push({ op: 'remove_frame', id })
    else if (w.nodes[id]) edits.push({ op: 'remove_node', id })
  }
  // A folded frame stands for its nodes.
  for (const id of chosen) if (w.frames?.[id]?.folded) for (const node of nodesIn(w, id)) edits.push({ op: 'remove_node', id: node })
  return edits
}

export function move(w: Workflow, chosen: ReadonlySet<string>, by: Position): Edit[] {
  const ids = new Set(chosen)
  for (const id of chosen) for (const node of nodesIn(w, id)) ids.add(node)
  const to = (p: Position) => ({ x: p.x + by.x, y: p.y + by.y })
  return [...ids].flatMap((id): Edit[] => {
    const node = w.nodes[id]
    const note = w.notes?.[id]
    if (node) return [{ op: 'move_node', id, position: to(node.position) }]
    if (note) return [{ op: 'move_note', id, position: to(note.position), size: note.size ?? null }]
    return []
  })
}

/** Puts the chosen nodes into a new frame. */
export function frameUp(w: Workflow, chosen: ReadonlySet<string>, title: Label): { edits: Edit[]; id: string } | null {
  const nodes = [...chosen].filter((id) => w.nodes[id])
  if (nodes.length === 0) return null
  const id = newId('f')
  return { id, edits: [{ op: 'add_frame', id, frame: { title } }, ...nodes.map((node): Edit => ({ op: 'set_frame', id: node, frame: id }))] }
}

/** Takes the chosen nodes out of their frames; a chosen frame is dissolved. */
export function unframe(w: Workflow, chosen: ReadonlySet<string>): Edit[] {
  const frames = [...chosen].filter((id) => w.frames?.[id])
  const nodes = [...chosen].filter((id) => w.nodes[id]?.frame !== undefined && !frames.includes(w.nodes[id]?.frame ?? ''))
  const left = new Set(nodes.map((id) => w.nodes[id]?.frame as string))
  const emptied = [...left].filter((frame) => nodesIn(w, frame).every((id) => nodes.includes(id)))
  return [...nodes.map((id): Edit => ({ op: 'set_frame', id, frame: null })), ...[...frames, ...emptied].map((id): Edit => ({ op: 'remove_frame', id }))]
}

/** The nodes that an action is about: the chosen ones, and those in chosen frames. */
export function chosenNodes(w: Workflow, chosen: ReadonlySet<string>): Set<string> {
  const ids = new Set([...chosen].filter((id) => w.nodes[id]))
  for (const id of chosen) if (w.frames?.[id]) nodesIn(w, id).forEach((node) => ids.add(node))
  return ids
}
