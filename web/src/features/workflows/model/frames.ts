// How frames lie around their nodes, and what is seen of a folded one.
import type { PortKind, PortRef, Position, Text, Workflow } from '@/api/workflow'
import { componentId, type Catalog } from './connect'
import { NODE } from './layout'

const PAD = 24
const HEAD = 34
/** The room that each port of a folded frame takes on its side. */
const ROW = 22

interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** A port at the border of a folded frame: of a node inside that something outside is, or can be, connected to. */
interface OuterPort extends PortRef {
  /** Its name at the frame. */
  id: string
  kind: PortKind
  label: Text
  /** The node that it belongs to. */
  of: Text | string
}

export interface OuterPorts {
  inputs: OuterPort[]
  outputs: OuterPort[]
}

/** How high a folded frame is, so that its ports stand apart. */
export const foldedHeight = (ports: OuterPorts | undefined): number => Math.max(NODE.height, (Math.max(ports?.inputs.length ?? 0, ports?.outputs.length ?? 0) + 1) * ROW)

/** The box of each frame around its nodes; a frame without nodes has none. */
export function frameBoxes(w: Workflow, place: (id: string) => Position | undefined, ports?: ReadonlyMap<string, OuterPorts>): Map<string, Box> {
  const edges = new Map<string, { left: number; top: number; right: number; bottom: number }>()
  for (const [id, node] of Object.entries(w.nodes)) {
    if (node.frame === undefined || !w.frames?.[node.frame]) continue
    const at = place(id) ?? node.position
    const old = edges.get(node.frame) ?? { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
    edges.set(node.frame, {
      left: Math.min(old.left, at.x), top: Math.min(old.top, at.y),
      right: Math.max(old.right, at.x + NODE.width), bottom: Math.max(old.bottom, at.y + NODE.height),
    })
  }
  const boxes = new Map<string, Box>()
  for (const [id, e] of edges) {
    const folded = w.frames?.[id]?.folded
    const [x, y] = [e.left - PAD, e.top - PAD - HEAD + 10]
    boxes.set(id, folded ? { x: e.left, y: e.top, width: NODE.width, height: foldedHeight(ports?.get(id)) } : { x, y, width: e.right - e.left + 2 * PAD, height: e.bottom + PAD - y })
  }
  return boxes
}

/** The folded frame that hides a node, or null. */
export const hiddenIn = (w: Workflow, node: string): string | null => {
  const frame = w.nodes[node]?.frame
  return frame !== undefined && w.frames?.[frame]?.folded ? frame : null
}

export const nodesIn = (w: Workflow, frame: string): string[] => Object.entries(w.nodes).flatMap(([id, n]) => (n.frame === frame ? [id] : []))

/** What a port of a node is called at the border of a folded frame. */
export const outerId = ({ node, port }: PortRef): string => `${node}.${port}`

/** The port of a node that a port of a folded frame stands for; ids of nodes have no dots. */
export function innerRef(w: Workflow, end: PortRef): PortRef {
  if (!w.frames?.[end.node] || w.nodes[end.node]) return end
  const dot = end.port.indexOf('.')
  return dot < 0 ? end : { node: end.port.slice(0, dot), port: end.port.slice(dot + 1) }
}

/**
 * The ports of each frame when it is folded: what crosses its border, and what
 * is open: inputs that must be fed and are not, outputs that lead nowhere.
 */
export function outerPorts(w: Workflow, catalog: Catalog): Map<string, OuterPorts> {
  const all = new Map<string, OuterPorts>()
  for (const frame of Object.keys(w.frames ?? {})) all.set(frame, { inputs: [], outputs: [] })
  if (all.size === 0) return all
  const inside = nodesByFrame(w)
  const feeds = new Set<string>()
  const crossing = { in: new Set<string>(), out: new Set<string>() }
  const read = new Set<string>()
  for (const { from, to } of Object.values(w.edges)) {
    feeds.add(outerId(to))
    read.add(outerId(from))
    if (w.nodes[from.node]?.frame === w.nodes[to.node]?.frame) continue
    crossing.in.add(outerId(to))
    crossing.out.add(outerId(from))
  }
  for (const [frame, ports] of all) {
    for (const node of inside.get(frame) ?? []) {
      const drawn = w.nodes[node]
      const signature = drawn && catalog.get(componentId(drawn.component))
      if (!drawn || !signature) continue
      const of = drawn.label ?? signature.title
      for (const port of signature.inputs) {
        const id = outerId({ node, port: port.name })
        if (crossing.in.has(id) || (!feeds.has(id) && !port.optional)) ports.inputs.push({ id, node, port: port.name, kind: port.kind, label: port.label, of })
      }
      for (const port of signature.outputs) {
        const id = outerId({ node, port: port.name })
        if (crossing.out.has(id) || !read.has(id)) ports.outputs.push({ id, node, port: port.name, kind: port.kind, label: port.label, of })
      }
    }
  }
  // Connections of components that are missing keep their ends.
  for (const { from, to } of Object.values(w.edges)) {
    const [a, b] = [w.nodes[from.node]?.frame, w.nodes[to.node]?.frame]
    if (a === b) continue
    for (const [frame, end, side] of [[a, from, 'outputs'], [b, to, 'inputs']] as const) {
      const ports = frame === undefined ? undefined : all.get(frame)?.[side]
      if (ports && !ports.some((p) => p.id === outerId(end))) ports.push({ ...end, id: outerId(end), kind: 'table', label: { en: end.port, 'zh-CN': end.port }, of: end.node })
    }
  }
  return all
}

function nodesByFrame(w: Workflow): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const ordered = Object.entries(w.nodes).sort(([, a], [, b]) => a.position.y - b.position.y || a.position.x - b.position.x)
  for (const [id, { frame }] of ordered) if (frame !== undefined) found.set(frame, [...(found.get(frame) ?? []), id])
  return found
}
