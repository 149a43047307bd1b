// What is copied: nodes with what connects them, notes and frames, as JSON text
// that another workflow takes too.
import type { Edit, FlowNode, Frame, Note, Position, Workflow } from '@/api/workflow'
import { newId } from './ids'

interface Clip {
  tandem: 'workflow-part'
  format: 1
  nodes: Record<string, FlowNode>
  edges: Workflow['edges']
  notes: Record<string, Note>
  frames: Record<string, Frame>
}

/** The chosen elements; frames come along where all of their nodes do. */
export function copy(w: Workflow, chosen: ReadonlySet<string>): Clip {
  const pick = <T>(all: Record<string, T> | undefined, take: (id: string, value: T) => boolean) =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([id, value]) => take(id, value)))
  const inFrame = (id: string) => Object.values(w.nodes).some((n) => n.frame === id)
  const frames = pick(w.frames, (id) => inFrame(id) && (chosen.has(id) || Object.entries(w.nodes).every(([nodeId, n]) => n.frame !== id || chosen.has(nodeId))))
  const nodes = pick(w.nodes, (id, node) => chosen.has(id) || (node.frame !== undefined && node.frame in frames))
  return {
    tandem: 'workflow-part',
    format: 1,
    nodes,
    edges: pick(w.edges, (_, edge) => edge.from.node in nodes && edge.to.node in nodes),
    notes: pick(w.notes, (id) => chosen.has(id)),
    frames,
  }
}

/** What was copied here or elsewhere; null for any other text. */
export function readClip(text: string): Clip | null {
  try {
    const value = JSON.parse(text) as Partial<Clip>
    if (value.tandem !== 'workflow-part' || value.format !== 1 || typeof value.nodes !== 'object') return null
    return { tandem: 'workflow-part', format: 1, nodes: value.nodes ?? {}, edges: value.edges ?? {}, notes: value.notes ?? {}, frames: value.frames ?? {} }
  } catch {
    return null
  }
}

const corner = (clip: Clip): Position => {
  const all = [...Object.values(clip.nodes), ...Object.values(clip.notes)].map((e) => e.position)
  return { x: Math.min(...all.map((p) => p.x)), y: Math.min(...all.map((p) => p.y)) }
}

/** Edits that add what was copied under new ids, with its upper left corner at `at` or a step beside where it was. */
export function paste(clip: Clip, at: Position | null): { edits: Edit[]; ids: string[] } {
  const from = corner(clip)
  const by = at ? { x: at.x - from.x, y: at.y - from.y } : { x: 40, y: 40 }
  const moved = (p: Position): Position => ({ x: Math.round(p.x + by.x), y: Math.round(p.y + by.y) })
  const fresh = new Map<string, string>()
  const rename = (id: string, prefix: 'n' | 'e' | 't' | 'f') => {
    const found = fresh.get(id) ?? newId(prefix)
    fresh.set(id, found)
    return found
  }
  const edits: Edit[] = []
  for (const [id, frame] of Object.entries(clip.frames)) edits.push({ op: 'add_frame', id: rename(id, 'f'), frame })
  for (const [id, node] of Object.entries(clip.nodes)) {
    const { frame, ...rest } = node
    const into = frame !== undefined ? fresh.get(frame) : undefined
    edits.push({ op: 'add_node', id: rename(id, 'n'), node: { ...rest, position: moved(node.position), ...(into ? { frame: into } : {}) } })
  }
  for (const edge of Object.values(clip.edges)) {
    const [a, b] = [fresh.get(edge.from.node), fresh.get(edge.to.node)]
    if (a && b) edits.push({ op: 'connect', id: newId('e'), edge: { ...edge, from: { ...edge.from, node: a }, to: { ...edge.to, node: b } } })
  }
  for (const [id, note] of Object.entries(clip.notes)) edits.push({ op: 'add_note', id: rename(id, 't'), note: { ...note, position: moved(note.position) } })
  const ids = edits.flatMap((e) => (e.op === 'add_node' || e.op === 'add_note' ? [e.id] : []))
  return { edits, ids }
}
