// Workflows over HTTP. Their documents and signatures are written here as crates/tandem-flow has them, as the contract says no
// more of them than that they are objects; everything else is the contract's.
import { queryOptions } from '@tanstack/react-query'
import type { Text } from '@/lib/format'
import type { ColumnKind } from '@/lib/types'
import { api, call, type Refined, type Shapes } from './client'
import { keys } from './keys'
import type { Run } from './types'

export type { ColumnKind, Text }

/** What people call a step or a group: the same for all readers, or one name for those of each language. */
export type Label = string | Text

// What a component declares.

export type PortKind = 'table' | 'model' | 'report' | 'value'
export type Category = 'data' | 'clean' | 'shape' | 'look' | 'learn' | 'flow' | 'own'
export const CATEGORIES: Category[] = ['data', 'clean', 'shape', 'look', 'learn', 'flow', 'own']

export type Role = {
  name: string
  label: Text
  help?: Text
  required: boolean
  accepts?: ColumnKind[]
}

export type Port = {
  name: string
  kind: PortKind
  label: Text
  help?: Text
  optional?: boolean
  many?: boolean
  condition?: boolean
  columns?: { name: string; accepts?: ColumnKind[]; help?: Text }[]
  roles?: Role[]
}

export type ExampleTable = {
  columns: Column[]
  rows: unknown[][]
}

export type Signature = {
  name: string
  version: number
  kind: 'builtin' | 'sql' | 'python' | 'workflow'
  category: Category
  title: Text
  summary: Text
  help?: Text
  inputs: Port[]
  params: Record<string, unknown>
  outputs: Port[]
  evaluation?: 'stored' | 'lazy' | 'heavy' | 'eager'
  columns_when_run?: boolean
  effects?: boolean
  seeded?: boolean
  example?: { title: Text; inputs?: Record<string, unknown[]>; params?: Record<string, unknown>; outputs?: Record<string, ExampleTable> }
}

// The document.

export type Position = {
  x: number
  y: number
}

export type PortRef = {
  node: string
  port: string
}

export type ComponentRef = {
  name: string
  version: number
}

export type FlowNode = {
  component: ComponentRef
  params?: Record<string, unknown>
  label?: Label
  note?: string
  position: Position
  seed?: number
  frame?: string
}

export type FlowEdge = {
  from: PortRef
  to: PortRef
  order?: number
}

export type Note = {
  text: string
  position: Position
  size?: { width: number; height: number }
}

export type Frame = {
  title: Label
  folded?: boolean
}

export type ExposedInput = {
  to: PortRef[]
  label?: Text
  help?: Text
}

export type ExposedOutput = {
  from: PortRef
  label?: Text
  help?: Text
}

export type Workflow = {
  format: number
  params?: Record<string, Record<string, unknown>>
  nodes: Record<string, FlowNode>
  edges: Record<string, FlowEdge>
  notes?: Record<string, Note>
  frames?: Record<string, Frame>
  inputs?: Record<string, ExposedInput>
  outputs?: Record<string, ExposedOutput>
}

export type Edit =
  | { op: 'add_node'; id: string; node: FlowNode }
  | { op: 'remove_node'; id: string }
  | { op: 'move_node'; id: string; position: Position }
  | { op: 'set_component'; id: string; component: ComponentRef }
  | { op: 'set_param'; id: string; param: string; value: unknown }
  | { op: 'set_label'; id: string; label: Label | null }
  | { op: 'set_node_note'; id: string; note: string | null }
  | { op: 'set_seed'; id: string; seed: number | null }
  | { op: 'set_frame'; id: string; frame: string | null }
  | { op: 'connect'; id: string; edge: FlowEdge }
  | { op: 'disconnect'; id: string }
  | { op: 'reorder'; id: string; order: number }
  | { op: 'add_note'; id: string; note: Note }
  | { op: 'remove_note'; id: string }
  | { op: 'set_note_text'; id: string; text: string }
  | { op: 'move_note'; id: string; position: Position; size: { width: number; height: number } | null }
  | { op: 'add_frame'; id: string; frame: Frame }
  | { op: 'remove_frame'; id: string }
  | { op: 'set_frame_title'; id: string; title: Label }
  | { op: 'fold_frame'; id: string; folded: boolean }
  | { op: 'declare_param'; name: string; schema: Record<string, unknown> | null }
  | { op: 'expose_input'; name: string; input: ExposedInput | null }
  | { op: 'expose_output'; name: string; output: ExposedOutput | null }

// What is known of it.

export type Column = {
  name: string
  kind: ColumnKind
  nullable?: boolean
}

export type Columns = { known: Column[] } | 'when_run'

export type Problem = {
  severity: 'notice' | 'error'
  code: string
  reason?: string
  at: { node?: string; port?: string; param?: string; edge?: string }
  message: Text
}

export type Known = {
  params: Record<string, unknown>
  inputs: Record<string, Columns[]>
  outputs: Record<string, Columns>
}

export type Checked = Refined<Shapes['Checked'], { problems: Problem[]; nodes: Record<string, Known> }>

export type Curve = {
  series: string
  points: [number, number][]
}

export type NodeState = {
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'stale'
  reason?: string | null
  cached: boolean
  rows: Record<string, number>
  progress: { phase: string; done: number; total: number | null } | null
  started_at: string | null
  finished_at: string | null
  elapsed_ms: number | null
  error: { code: string; message: string } | null
  outputs: Record<string, PortKind>
  curve: Curve[]
  /** What its code printed. */
  log?: string | null
}

export type RunStates = Refined<Shapes['NodeStates'], { nodes: Record<string, NodeState> }>

export type WorkflowDetail = Refined<Shapes['WorkflowDetail'], { workflow: Workflow }>

export type Person = {
  client: string
  user: { id: string; name: string }
  color: number | string
  x: number
  y: number
  selected: string[]
}

export type EditsAnswer = Refined<Shapes['EditsDone'], { edits: Edit[]; refused: { index: number; message: Text }[] }>

/** What there is to say of a model that a step has made. */
export type MadeModel = { signature: unknown; rows: number; unlabelled: number; curve: Round[] }

/** How well a model did after one round of its learning; the loss is not measured in every one. */
export type Round = { round: number; training: number | null; validation: number | null }
type Look<K extends string> = Extract<Shapes['LookDto'], { kind: K }>
export type Preview =
  | Look<'table'>
  | Look<'report'>
  | Refined<Look<'model'>, { model: MadeModel }>
  | { kind: 'value'; value: unknown }
  | Refined<Look<'none'>, { reason: 'not_run' | 'stale' | 'failed' | 'closed' }>

/** What came out of a step of one run. */
export type RunPreview = Exclude<Preview, { kind: 'none' }> | Refined<Look<'none'>, { reason: 'waiting' | 'failed' | 'skipped' | 'closed' | 'gone' }>

/** A component as the canvas knows it: what it doesn't have may be left out. */
export const whole = (signature: Record<string, unknown>): Signature => ({ inputs: [], outputs: [], params: {}, ...signature }) as unknown as Signature

/** A small request without an answer for so long gets none. */
const ANSWER_MS = 30_000

const of = (workflow_id: string) => ({ path: { workflow_id } })

export const componentsQuery = queryOptions({
  queryKey: keys.components,
  queryFn: async () => (await call(api.GET('/api/v1/components'))).items.map(whole),
  staleTime: 10 * 60_000,
})

/** The assets of one kind. */
export const projectAssetsQuery = (project_id: string, kind: string) =>
  queryOptions({
    queryKey: [...keys.assets(project_id), 'kind', kind],
    queryFn: async () => (await call(api.GET('/api/v1/projects/{project_id}/assets', { params: { path: { project_id }, query: { kind, limit: 200 } } }))).items,
  })

export const workflowsQuery = (project_id: string) => projectAssetsQuery(project_id, 'workflow')

/** The draft that everybody works on, or with `seq` a saved version, which never changes. */
export const workflowQuery = (workflow_id: string, seq?: number) =>
  queryOptions({
    queryKey: keys.workflow(workflow_id, seq),
    queryFn: () => call(api.GET('/api/v1/workflows/{workflow_id}', { params: { ...of(workflow_id), query: { seq } } })) as Promise<WorkflowDetail>,
    staleTime: seq === undefined ? 0 : Infinity,
  })

export const statesQuery = (workflow_id: string) =>
  queryOptions({
    queryKey: keys.states(workflow_id),
    queryFn: () => call(api.GET('/api/v1/workflows/{workflow_id}/states', { params: of(workflow_id) })) as Promise<RunStates>,
  })

/** Where the nodes of a run stand or stood. */
export const runNodesQuery = (run_id: string) =>
  queryOptions({
    queryKey: [...keys.run(run_id), 'nodes'],
    queryFn: () => call(api.GET('/api/v1/runs/{run_id}/nodes', { params: { path: { run_id } } })) as Promise<RunStates>,
    enabled: run_id !== '',
  })

/** The draft as a notebook (nbformat 4.5), with comments in that language. */
export const notebookOf = (workflow_id: string, lang: string) =>
  call(api.GET('/api/v1/workflows/{workflow_id}/notebook', { params: { ...of(workflow_id), query: { lang } } }))

/** The draft as it is now, past every cache. */
export const readDraft = (workflow_id: string) =>
  call(api.GET('/api/v1/workflows/{workflow_id}', { params: of(workflow_id), signal: AbortSignal.timeout(ANSWER_MS) })) as Promise<WorkflowDetail>

/** `client` names the edits: the stream tells of them under that name. */
export const sendEdits = (workflow_id: string, body: { client: string; base: number; edits: Edit[] }) =>
  call(api.POST('/api/v1/workflows/{workflow_id}/edits', { params: of(workflow_id), body, signal: AbortSignal.timeout(ANSWER_MS) })) as Promise<EditsAnswer>

export const sendPresence = (workflow_id: string, body: Shapes['HereBody']) => call(api.POST('/api/v1/workflows/{workflow_id}/presence', { params: of(workflow_id), body }))

export const saveVersion = (workflow_id: string, message: string) => call(api.POST('/api/v1/workflows/{workflow_id}/versions', { params: of(workflow_id), body: { message } }))

export const checkWorkflow = (project_id: string, workflow: Workflow, signal?: AbortSignal) =>
  call(api.POST('/api/v1/projects/{project_id}/workflows/check', { params: { path: { project_id } }, body: { workflow }, signal })) as Promise<Checked>

export const startRun = (workflow_id: string, body: Shapes['WorkflowRunBody']) =>
  call(api.POST('/api/v1/workflows/{workflow_id}/runs', { params: of(workflow_id), body })) as Promise<Run>

export const cancelRun = (run_id: string) => call(api.POST('/api/v1/runs/{run_id}/cancel', { params: { path: { run_id } } }))

export const preview = (workflow_id: string, body: Shapes['LookBody']) => call(api.POST('/api/v1/workflows/{workflow_id}/preview', { params: of(workflow_id), body })) as Promise<Preview>

export const previewRun = (run_id: string, query: { node: string; port: string; offset?: number; limit?: number }) =>
  call(api.GET('/api/v1/runs/{run_id}/preview', { params: { path: { run_id }, query } })) as Promise<RunPreview>

export const portProfile = (workflow_id: string, node: string, port: string): Promise<unknown> =>
  call(api.GET('/api/v1/workflows/{workflow_id}/profile', { params: { ...of(workflow_id), query: { node, port } } }))

/** Where edits, people and runs are told as they come. */
export const eventsUrl = (workflow_id: string, client: string, after: number) => `/api/v1/workflows/${workflow_id}/events?client=${client}&after=${after}`
export const runEventsUrl = (run_id: string) => `/api/v1/runs/${run_id}/events`
