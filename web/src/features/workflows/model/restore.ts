// The edits that lead from one document to another.
import type { Edit, Workflow } from '@/api/workflow'
import { diff } from './diff'

export function toEdits(now: Workflow, wanted: Workflow): Edit[] {
  const d = diff(now, wanted)
  const edits: Edit[] = []
  const frame = (id: string) => wanted.frames?.[id]
  for (const id of d.edges.removed) edits.push({ op: 'disconnect', id })
  for (const id of d.edges.changed) edits.push({ op: 'disconnect', id })
  for (const id of d.removed) edits.push({ op: 'remove_node', id })
  for (const id of d.notes.removed) edits.push({ op: 'remove_note', id })
  for (const id of d.frames.removed) edits.push({ op: 'remove_frame', id })
  for (const id of d.frames.added) {
    const f = frame(id)
    if (f) edits.push({ op: 'add_frame', id, frame: f })
  }
  for (const id of d.frames.changed) {
    const f = frame(id)
    if (f) edits.push({ op: 'set_frame_title', id, title: f.title }, { op: 'fold_frame', id, folded: Boolean(f.folded) })
  }
  for (const id of d.added) {
    const node = wanted.nodes[id]
    if (node) edits.push({ op: 'add_node', id, node })
  }
  for (const [id, change] of Object.entries(d.changed)) {
    const node = wanted.nodes[id]
    if (!node) continue
    if (change.component) edits.push({ op: 'set_component', id, component: node.component })
    for (const param of Object.keys(change.params)) edits.push({ op: 'set_param', id, param, value: node.params?.[param] ?? null })
    if (change.label) edits.push({ op: 'set_label', id, label: node.label ?? null })
    if (change.note) edits.push({ op: 'set_node_note', id, note: node.note ?? null })
    if (change.seed) edits.push({ op: 'set_seed', id, seed: node.seed ?? null })
    if (change.frame) edits.push({ op: 'set_frame', id, frame: node.frame ?? null })
  }
  for (const id of d.moved) {
    const node = wanted.nodes[id]
    if (node) edits.push({ op: 'move_node', id, position: node.position })
  }
  for (const id of [...d.edges.added, ...d.edges.changed]) {
    const edge = wanted.edges[id]
    if (edge) edits.push({ op: 'connect', id, edge })
  }
  for (const id of d.notes.added) {
    const note = wanted.notes?.[id]
    if (note) edits.push({ op: 'add_note', id, note })
  }
  for (const id of d.notes.changed) {
    const note = wanted.notes?.[id]
    if (note) edits.push({ op: 'set_note_text', id, text: note.text }, { op: 'move_note', id, position: note.position, size: note.size ?? null })
  }
  for (const name of [...d.params.added, ...d.params.changed, ...d.params.removed]) edits.push({ op: 'declare_param', name, schema: wanted.params?.[name] ?? null })
  for (const name of [...d.inputs.added, ...d.inputs.changed, ...d.inputs.removed]) edits.push({ op: 'expose_input', name, input: wanted.inputs?.[name] ?? null })
  for (const name of [...d.outputs.added, ...d.outputs.changed, ...d.outputs.removed]) edits.push({ op: 'expose_output', name, output: wanted.outputs?.[name] ?? null })
  return edits
}
