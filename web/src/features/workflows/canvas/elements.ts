// The document as React Flow draws it. What did not change stays the same
// object, so that of three hundred nodes only those that changed are drawn.
import { Position as Side, type Edge, type Node } from '@xyflow/react'
import type { FlowEdge, FlowNode, Label, PortKind, Position, Signature, Workflow } from '@/api/workflow'
import { componentId, type Catalog } from '../model/connect'
import { foldedHeight, frameBoxes, hiddenIn, nodesIn, outerId, outerPorts, type OuterPorts } from '../model/frames'
import { NODE } from '../model/layout'

export const HANDLE = 14

/** `near`: the sides at which another step lies so close that names of ports would cover it. */
type StepData = { node: FlowNode; signature: Signature | undefined; near: string }
type FrameData = { title: Label; folded: boolean; count: number; ports: OuterPorts | null }
type NoteData = { text: string }
export type StepElement = Node<StepData, 'step'>
export type FrameElement = Node<FrameData, 'frame'>
export type NoteElement = Node<NoteData, 'note'>
export type CanvasNode = StepElement | FrameElement | NoteElement
export type CanvasEdge = Edge<{ kind: PortKind | null }, 'flow'>

/** How far down a port lies on its side. */
export const portY = (index: number, count: number, height: number = NODE.height): number => Math.round((height * (index + 1)) / (count + 1))

function handles(signature: Signature | undefined): CanvasNode['handles'] {
  const side = (ports: { name: string }[], type: 'source' | 'target') =>
    ports.map((port, index) => ({
      id: port.name, type, position: type === 'target' ? Side.Left : Side.Right, width: HANDLE, height: HANDLE,
      x: (type === 'target' ? 0 : NODE.width) - HANDLE / 2, y: portY(index, ports.length) - HANDLE / 2,
    }))
  return signature ? [...side(signature.inputs, 'target'), ...side(signature.outputs, 'source')] : []
}

const NO_HANDLES: CanvasNode['handles'] = []

function frameHandles(ports: OuterPorts): CanvasNode['handles'] {
  const height = foldedHeight(ports)
  const side = (all: OuterPorts['inputs'], type: 'source' | 'target') =>
    all.map(({ id }, index) => ({
      id, type, position: type === 'target' ? Side.Left : Side.Right, width: HANDLE, height: HANDLE,
      x: (type === 'target' ? 0 : NODE.width) - HANDLE / 2, y: portY(index, all.length, height) - HANDLE / 2,
    }))
  return [...side(ports.inputs, 'target'), ...side(ports.outputs, 'source')]
}

/** Whether a node looks the same: where it lies is no concern of what is in it. */
export const sameLook = (a: { id: string; data: unknown; selected?: boolean; draggable?: boolean }, b: typeof a): boolean =>
  a.id === b.id && a.data === b.data && a.selected === b.selected && a.draggable === b.draggable

interface View {
  selection: ReadonlySet<string>
  moving: ReadonlyMap<string, Position> | null
  draggable: boolean
}

/** Makes the elements, with those made before at hand. */
export function elementsMaker(catalog: Catalog) {
  let nodesBefore = new Map<string, CanvasNode>()
  let edgesBefore = new Map<string, CanvasEdge>()
  const ports = new Map<string, CanvasNode['handles']>()
  const handlesOf = (id: string, signature: Signature | undefined) => {
    if (!ports.has(id)) ports.set(id, handles(signature))
    return ports.get(id)
  }

  function nodes(w: Workflow, view: View): CanvasNode[] {
    const made = new Map<string, CanvasNode>()
    const place = (id: string) => view.moving?.get(id) ?? w.nodes[id]?.position
    const keep = (fresh: CanvasNode, sameData: (old: CanvasNode) => boolean) => {
      const old = nodesBefore.get(fresh.id)
      const same =
        old && sameData(old) && old.selected === fresh.selected && old.draggable === fresh.draggable &&
        old.position.x === fresh.position.x && old.position.y === fresh.position.y && old.width === fresh.width && old.height === fresh.height
      made.set(fresh.id, same ? old : fresh)
    }
    const outer = outerPorts(w, catalog)
    for (const [id, box] of frameBoxes(w, place, outer)) {
      const frame = w.frames?.[id]
      if (!frame) continue
      // Also where it is unfolded, so that lines never look for ports that are not there any more.
      const ports = outer.get(id) ?? null
      const data: FrameData = { title: frame.title, folded: Boolean(frame.folded), count: nodesIn(w, id).length, ports: frame.folded ? ports : null }
      const size = { width: box.width, height: box.height }
      keep(
        { id, type: 'frame', position: { x: box.x, y: box.y }, ...size, measured: size, data, selected: view.selection.has(id), draggable: view.draggable, handles: ports ? frameHandles(ports) : NO_HANDLES, zIndex: data.folded ? 0 : -1 },
        (old) => JSON.stringify(old.data) === JSON.stringify(data),
      )
    }
    const near = nearby(w, place)
    for (const [id, node] of Object.entries(w.nodes)) {
      if (hiddenIn(w, id)) continue
      const component = componentId(node.component)
      const signature = catalog.get(component)
      const close = near(id)
      keep(
        { id, type: 'step', position: place(id) ?? node.position, ...NODE, measured: NODE, data: { node, signature, near: close }, selected: view.selection.has(id), draggable: view.draggable, handles: handlesOf(component, signature) },
        (old) => old.type === 'step' && old.data.node === node && old.data.near === close,
      )
    }
    for (const [id, note] of Object.entries(w.notes ?? {})) {
      const size = note.size ?? { width: 220, height: 90 }
      keep(
        { id, type: 'note', position: view.moving?.get(id) ?? note.position, ...size, measured: size, data: { text: note.text }, selected: view.selection.has(id), draggable: view.draggable, zIndex: -1 },
        (old) => old.type === 'note' && old.data.text === note.text,
      )
    }
    nodesBefore = made
    return [...made.values()]
  }

  function edges(w: Workflow, selection: ReadonlySet<string>): CanvasEdge[] {
    const made = new Map<string, CanvasEdge>()
    for (const [id, edge] of Object.entries(w.edges)) {
      const drawn = ends(w, edge)
      if (!drawn) continue
      const from = w.nodes[edge.from.node]
      const kind = (from && catalog.get(componentId(from.component))?.outputs.find((p) => p.name === edge.from.port)?.kind) ?? null
      const fresh: CanvasEdge = { id, type: 'flow', ...drawn, data: { kind }, selected: selection.has(id) }
      const old = edgesBefore.get(id)
      const same = old && old.source === fresh.source && old.target === fresh.target && old.sourceHandle === fresh.sourceHandle && old.targetHandle === fresh.targetHandle && old.selected === fresh.selected && old.data?.kind === kind
      made.set(id, same ? old : fresh)
    }
    edgesBefore = made
    return [...made.values()]
  }
  return { nodes, edges }
}

/** The room that the name of a port takes beside its step. */
const NAME = 80

/** At which sides of a step another one lies close by, such as `left right`. */
function nearby(w: Workflow, place: (id: string) => Position | undefined): (id: string) => string {
  const all = Object.keys(w.nodes).flatMap((id) => (hiddenIn(w, id) ? [] : (place(id) ?? [])))
  return (id) => {
    const at = place(id)
    if (!at) return ''
    const beside = all.filter((other) => Math.abs(other.y - at.y) < NODE.height)
    const right = beside.some(({ x }) => x - at.x >= NODE.width && x - at.x - NODE.width < NAME)
    const left = beside.some(({ x }) => at.x - x >= NODE.width && at.x - x - NODE.width < NAME)
    return [left && 'left', right && 'right'].filter(Boolean).join(' ')
  }
}

/** Where a connection is drawn: at the box of a folded frame for what it hides; not at all inside of one. */
export function ends(w: Workflow, { from, to }: FlowEdge): { source: string; sourceHandle: string; target: string; targetHandle: string } | null {
  const [a, b] = [hiddenIn(w, from.node), hiddenIn(w, to.node)]
  if (a !== null && a === b) return null
  return { source: a ?? from.node, sourceHandle: a === null ? from.port : outerId(from), target: b ?? to.node, targetHandle: b === null ? to.port : outerId(to) }
}
