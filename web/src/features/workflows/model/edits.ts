// Edits at work, as crates/tandem-flow/src/graph/apply.rs does it: a change of
// something that is gone does nothing, and what undoes a change is given back.
import type { Edit, Workflow } from '@/api/workflow'

interface Applied {
  workflow: Workflow
  /** What undoes it, to be applied in its order; empty where nothing changed. */
  undo: Edit[]
}

type Table<T> = Record<string, T>
const NONE: Edit[] = []

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)
const validId = (id: string) => /^[A-Za-z0-9_-]{1,56}$/.test(id)

function without<T>(all: Table<T>, key: string): Table<T> {
  const { [key]: _gone, ...rest } = all
  return rest
}

/** An optional field that is set, or taken out where it is null. */
function field<T extends object, K extends keyof T>(element: T, key: K, value: T[K] | null | undefined): T {
  if (value !== null && value !== undefined) return { ...element, [key]: value }
  const copy = { ...element }
  delete copy[key]
  return copy
}

/** Makes a change; the workflow that was given stays as it is. */
export function apply(w: Workflow, edit: Edit): Applied {
  const nothing: Applied = { workflow: w, undo: NONE }
  const node = (id: string) => w.nodes[id]
  const setNode = <K extends 'label' | 'note' | 'seed' | 'frame' | 'position' | 'component'>(id: string, key: K, value: unknown, undo: (before: unknown) => Edit): Applied => {
    const was = node(id)
    if (!was || same(was[key] ?? null, value ?? null)) return nothing
    return { workflow: { ...w, nodes: { ...w.nodes, [id]: field(was, key, value as never) } }, undo: [undo(was[key] ?? null)] }
  }
  switch (edit.op) {
    case 'add_node': {
      if (!validId(edit.id) || w.nodes[edit.id]) return nothing
      const gone = edit.node.frame !== undefined && !w.frames?.[edit.node.frame]
      const added = gone ? field(edit.node, 'frame', null) : edit.node
      return { workflow: { ...w, nodes: { ...w.nodes, [edit.id]: added } }, undo: [{ op: 'remove_node', id: edit.id }] }
    }
    case 'remove_node':
      return removeNode(w, edit.id)
    case 'move_node':
      return setNode(edit.id, 'position', { x: Math.round(edit.position.x), y: Math.round(edit.position.y) }, (position) => ({ op: 'move_node', id: edit.id, position: position as never }))
    case 'set_component':
      return setNode(edit.id, 'component', edit.component, (component) => ({ op: 'set_component', id: edit.id, component: component as never }))
    case 'set_label':
      return setNode(edit.id, 'label', edit.label, (label) => ({ op: 'set_label', id: edit.id, label: label as never }))
    case 'set_node_note':
      return setNode(edit.id, 'note', edit.note, (note) => ({ op: 'set_node_note', id: edit.id, note: note as never }))
    case 'set_seed':
      return setNode(edit.id, 'seed', edit.seed, (seed) => ({ op: 'set_seed', id: edit.id, seed: seed as never }))
    case 'set_frame':
      if (edit.frame !== null && !w.frames?.[edit.frame]) return nothing
      return setNode(edit.id, 'frame', edit.frame, (frame) => ({ op: 'set_frame', id: edit.id, frame: frame as never }))
    case 'set_param': {
      const was = node(edit.id)
      const before = was?.params?.[edit.param] ?? null
      if (!was || same(before, edit.value ?? null)) return nothing
      const params = edit.value === null || edit.value === undefined ? without(was.params ?? {}, edit.param) : { ...was.params, [edit.param]: edit.value }
      const now = field(was, 'params', Object.keys(params).length ? params : null)
      return { workflow: { ...w, nodes: { ...w.nodes, [edit.id]: now } }, undo: [{ ...edit, value: before }] }
    }
    case 'connect': {
      const { from, to } = edit.edge
      if (!validId(edit.id) || w.edges[edit.id] || !node(from.node) || !node(to.node)) return nothing
      return { workflow: { ...w, edges: { ...w.edges, [edit.id]: edit.edge } }, undo: [{ op: 'disconnect', id: edit.id }] }
    }
    case 'disconnect': {
      const edge = w.edges[edit.id]
      if (!edge) return nothing
      return { workflow: { ...w, edges: without(w.edges, edit.id) }, undo: [{ op: 'connect', id: edit.id, edge }] }
    }
    case 'reorder': {
      const edge = w.edges[edit.id]
      const before = edge?.order ?? 0
      if (!edge || before === edit.order) return nothing
      return { workflow: { ...w, edges: { ...w.edges, [edit.id]: field(edge, 'order', edit.order || null) } }, undo: [{ ...edit, order: before }] }
    }
    case 'add_note':
      if (!validId(edit.id) || w.notes?.[edit.id]) return nothing
      return { workflow: { ...w, notes: { ...w.notes, [edit.id]: edit.note } }, undo: [{ op: 'remove_note', id: edit.id }] }
    case 'remove_note': {
      const note = w.notes?.[edit.id]
      if (!note) return nothing
      return { workflow: { ...w, notes: without(w.notes ?? {}, edit.id) }, undo: [{ op: 'add_note', id: edit.id, note }] }
    }
    case 'set_note_text': {
      const note = w.notes?.[edit.id]
      if (!note || note.text === edit.text) return nothing
      return { workflow: { ...w, notes: { ...w.notes, [edit.id]: { ...note, text: edit.text } } }, undo: [{ ...edit, text: note.text }] }
    }
    case 'move_note': {
      const note = w.notes?.[edit.id]
      if (!note || (same(note.position, edit.position) && same(note.size ?? null, edit.size ?? null))) return nothing
      const moved = field({ ...note, position: edit.position }, 'size', edit.size)
      return { workflow: { ...w, notes: { ...w.notes, [edit.id]: moved } }, undo: [{ ...edit, position: note.position, size: note.size ?? null }] }
    }
    case 'add_frame':
      if (!validId(edit.id) || w.frames?.[edit.id]) return nothing
      return { workflow: { ...w, frames: { ...w.frames, [edit.id]: edit.frame } }, undo: [{ op: 'remove_frame', id: edit.id }] }
    case 'remove_frame':
      return removeFrame(w, edit.id)
    case 'set_frame_title': {
      const frame = w.frames?.[edit.id]
      if (!frame || same(frame.title, edit.title)) return nothing
      return { workflow: { ...w, frames: { ...w.frames, [edit.id]: { ...frame, title: edit.title } } }, undo: [{ ...edit, title: frame.title }] }
    }
    case 'fold_frame': {
      const frame = w.frames?.[edit.id]
      if (!frame || Boolean(frame.folded) === edit.folded) return nothing
      return { workflow: { ...w, frames: { ...w.frames, [edit.id]: field(frame, 'folded', edit.folded || null) } }, undo: [{ ...edit, folded: !edit.folded }] }
    }
    case 'declare_param':
      return put(w, 'params', edit.name, edit.schema, (schema) => ({ ...edit, schema }))
    case 'expose_input': {
      const to = edit.input?.to.filter((end) => node(end.node)) ?? []
      if (edit.input && to.length === 0) return nothing
      return put(w, 'inputs', edit.name, edit.input && { ...edit.input, to }, (input) => ({ ...edit, input }))
    }
    case 'expose_output':
      if (edit.output && !node(edit.output.from.node)) return nothing
      return put(w, 'outputs', edit.name, edit.output, (output) => ({ ...edit, output }))
  }
}

/** Makes several changes and gives what undoes them all, to be applied in its order. */
export function applyAll(w: Workflow, edits: readonly Edit[]): Applied {
  const undo: Edit[][] = []
  let workflow = w
  for (const edit of edits) {
    const one = apply(workflow, edit)
    workflow = one.workflow
    undo.push(one.undo)
  }
  return { workflow, undo: undo.reverse().flat() }
}

function put<K extends 'params' | 'inputs' | 'outputs'>(
  w: Workflow,
  key: K,
  name: string,
  value: NonNullable<Workflow[K]>[string] | null,
  undo: (before: NonNullable<Workflow[K]>[string] | null) => Edit,
): Applied {
  type Value = NonNullable<Workflow[K]>[string]
  const all = (w[key] ?? {}) as Table<Value>
  const before = all[name] ?? null
  if (same(before, value)) return { workflow: w, undo: NONE }
  return { workflow: { ...w, [key]: value === null ? without(all, name) : { ...all, [name]: value } }, undo: [undo(before)] }
}

function removeNode(w: Workflow, id: string): Applied {
  const node = w.nodes[id]
  if (!node) return { workflow: w, undo: NONE }
  const undo: Edit[] = [{ op: 'add_node', id, node }]
  const edges: Workflow['edges'] = {}
  for (const [edgeId, edge] of Object.entries(w.edges)) {
    if (edge.from.node !== id && edge.to.node !== id) edges[edgeId] = edge
    else undo.push({ op: 'connect', id: edgeId, edge })
  }
  const workflow: Workflow = { ...w, nodes: without(w.nodes, id), edges }
  if (w.inputs) {
    const inputs: NonNullable<Workflow['inputs']> = {}
    for (const [name, input] of Object.entries(w.inputs)) {
      const to = input.to.filter((end) => end.node !== id)
      if (to.length < input.to.length) undo.push({ op: 'expose_input', name, input })
      if (to.length) inputs[name] = to.length < input.to.length ? { ...input, to } : input
    }
    workflow.inputs = inputs
  }
  if (w.outputs) {
    const outputs: NonNullable<Workflow['outputs']> = {}
    for (const [name, output] of Object.entries(w.outputs)) {
      if (output.from.node === id) undo.push({ op: 'expose_output', name, output })
      else outputs[name] = output
    }
    workflow.outputs = outputs
  }
  return { workflow, undo }
}

function removeFrame(w: Workflow, id: string): Applied {
  const frame = w.frames?.[id]
  if (!frame) return { workflow: w, undo: NONE }
  const undo: Edit[] = [{ op: 'add_frame', id, frame }]
  const nodes = { ...w.nodes }
  for (const [nodeId, node] of Object.entries(w.nodes)) {
    if (node.frame !== id) continue
    undo.push({ op: 'set_frame', id: nodeId, frame: id })
    nodes[nodeId] = field(node, 'frame', null)
  }
  return { workflow: { ...w, nodes, frames: without(w.frames ?? {}, id) }, undo }
}

/** What an edit sets, as a name; a later edit of the same name makes an earlier one needless. */
export function target(edit: Edit): string | null {
  switch (edit.op) {
    case 'move_node': case 'set_component': case 'set_label': case 'set_node_note': case 'set_seed': case 'set_frame':
    case 'reorder': case 'set_note_text': case 'move_note': case 'set_frame_title': case 'fold_frame':
      return `${edit.op} ${edit.id}`
    case 'set_param':
      return `${edit.op} ${edit.id} ${edit.param}`
    default:
      return null
  }
}

/** Edits that wait, with one more; of a run of edits of the same field only the last is kept. */
export function queued(queue: readonly Edit[], edits: readonly Edit[]): Edit[] {
  const result = [...queue]
  for (const edit of edits) {
    const name = target(edit)
    // Only among the last edits that set fields: an edit must not jump over one that adds or removes.
    let at = result.length - 1
    while (at >= 0 && name !== null) {
      const other = target(result[at] as Edit)
      if (other === null) at = -1
      else if (other === name) break
      else at -= 1
    }
    if (name !== null && at >= 0) result.splice(at, 1)
    result.push(edit)
  }
  return result
}
