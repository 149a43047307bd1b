// Workflows over HTTP: the shapes as crates/tandem-flow writes them, and the
// calls. To be replaced by generated shapes once openapi.json has them; nothing
// outside of this file knows the addresses.
import { queryOptions } from '@tanstack/react-query'
import { api, callAs } from './client'
import { keys } from './keys'
import type { Asset, Run, VersionSummary } from './types'

export interface Text {
  en: string
  'zh-CN': string
}

// What a component declares.

export type PortKind = 'table' | 'model' | 'report' | 'value'
export type ColumnKind = 'text' | 'integer' | 'number' | 'decimal' | 'date' | 'timestamp' | 'boolean' | 'other'
export type Category = 'data' | 'clean' | 'shape' | 'look' | 'learn' | 'flow' | 'own'
export const CATEGORIES: Category[] = ['data', 'clean', 'shape', 'look', 'learn', 'flow', 'own']

export interface Role {
  name: string
  label: Text
  help?: Text
  required: boolean
  accepts?: ColumnKind[]
}

export interface Port {
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

export interface ExampleTable {
  columns: Column[]
  rows: unknown[][]
}

export interface Signature {
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

export interface Position {
  x: number
  y: number
}

export interface PortRef {
  node: string
  port: string
}

export interface ComponentRef {
  name: string
  version: number
}

export interface FlowNode {
  component: ComponentRef
  params?: Record<string, unknown>
  label?: string
  note?: string
  position: Position
  seed?: number
  frame?: string
}

export interface FlowEdge {
  from: PortRef
  to: PortRef
  order?: number
}

export interface Note {
  text: string
  position: Position
  size?: { width: number; height: number }
}

export interface Frame {
  title: string
  folded?: boolean
}

export interface ExposedInput {
  to: PortRef[]
  label?: Text
  help?: Text
}

export interface ExposedOutput {
  from: PortRef
  label?: Text
  help?: Text
}

export interface Workflow {
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
  | { op: 'set_label'; id: string; label: string | null }
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
  | { op: 'set_frame_title'; id: string; title: string }
  | { op: 'fold_frame'; id: string; folded: boolean }
  | { op: 'declare_param'; name: string; schema: Record<string, unknown> | null }
  | { op: 'expose_input'; name: string; input: ExposedInput | null }
  | { op: 'expose_output'; name: string; output: ExposedOutput | null }

// What is known of it.

export interface Column {
  name: string
  kind: ColumnKind
  nullable?: boolean
}

export type Columns = { known: Column[] } | 'when_run'

export interface Problem {
  severity: 'notice' | 'error'
  code: string
  reason?: string
  at: { node?: string; port?: string; param?: string; edge?: string }
  message: Text
}

export interface Known {
  params: Record<string, unknown>
  inputs: Record<string, Columns[]>
  outputs: Record<string, Columns>
}

export interface Checked {
  problems: Problem[]
  nodes: Record<string, Known>
}

export interface Curve {
  series: string
  points: [number, number][]
}

export interface NodeState {
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
}

export interface RunStates {
  nodes: Record<string, NodeState>
  run_id: string | null
}

export interface WorkflowDetail {
  asset: Asset
  seq: number
  revision: number
  workflow: Workflow
  changed: boolean
}

export interface Person {
  client: string
  user: { id: string; name: string }
  color: number | string
  x: number
  y: number
  selected: string[]
}

export interface EditsAnswer {
  revision: number
  edits: Edit[]
  refused: { index: number; message: Text }[]
}

export type Preview =
  | { kind: 'table'; columns: { name: string; type: string }[]; rows: unknown[][]; row_count: number | null; partial: boolean }
  | { kind: 'report'; section: unknown }
  | { kind: 'model'; model: { signature: unknown; metrics: Record<string, unknown>; curve: Curve[] } }
  | { kind: 'value'; value: unknown }
  | { kind: 'none'; reason: 'not_run' | 'stale' | 'failed' | 'closed' }

export interface ComponentPage {
  signature: Signature
  pages: Record<'en' | 'zh-CN', string>
}

// The calls. The client is the one of all pages; only the paths are not in its types yet.

interface Init {
  params?: { path?: Record<string, string | number>; query?: Record<string, string | number | undefined> }
  body?: unknown
  signal?: AbortSignal
}
type Untyped = (path: string, init?: Init) => Promise<{ data?: unknown; error?: unknown; response: Response }>
const GET = api.GET as unknown as Untyped
const POST = api.POST as unknown as Untyped

const BASE = '/api/v1'

export const componentsQuery = queryOptions({
  queryKey: keys.components,
  // What a component doesn't have may be left out.
  queryFn: async () => (await callAs<{ items: Partial<Signature>[] }>(GET(`${BASE}/components`))).items.map((s) => ({ inputs: [], outputs: [], params: {}, ...s }) as Signature),
  staleTime: 10 * 60_000,
})

export const componentQuery = (name: string) =>
  queryOptions({
    queryKey: keys.component(name),
    queryFn: () => callAs<ComponentPage>(GET(`${BASE}/components/{name}`, { params: { path: { name } } })),
    staleTime: 10 * 60_000,
  })

/** The assets of one kind. */
export const projectAssetsQuery = (project_id: string, kind: string) =>
  queryOptions({
    queryKey: [...keys.assets(project_id), 'kind', kind],
    queryFn: async () =>
      (await callAs<{ items: Asset[] }>(GET(`${BASE}/projects/{project_id}/assets`, { params: { path: { project_id }, query: { kind, limit: 200 } } }))).items,
  })

export const workflowsQuery = (project_id: string) => projectAssetsQuery(project_id, 'workflow')

/** The draft that everybody works on, or with `seq` a saved version, which never changes. */
export const workflowQuery = (asset_id: string, seq?: number) =>
  queryOptions({
    queryKey: keys.workflow(asset_id, seq),
    queryFn: () => callAs<WorkflowDetail>(GET(`${BASE}/workflows/{asset_id}`, { params: { path: { asset_id }, query: { seq } } })),
    staleTime: seq === undefined ? 0 : Infinity,
  })

export const statesQuery = (asset_id: string) =>
  queryOptions({
    queryKey: keys.states(asset_id),
    queryFn: () => callAs<RunStates>(GET(`${BASE}/workflows/{asset_id}/states`, { params: { path: { asset_id } } })),
  })

/** Where the nodes of a run stand or stood. */
export const runNodesQuery = (run_id: string) =>
  queryOptions({
    queryKey: [...keys.run(run_id), 'nodes'],
    queryFn: () => callAs<RunStates>(GET(`${BASE}/runs/{run_id}/nodes`, { params: { path: { run_id } } })),
    enabled: run_id !== '',
  })

export const createWorkflow = (project_id: string, body: { name: string; description?: string; workflow?: Workflow }) =>
  callAs<WorkflowDetail>(POST(`${BASE}/projects/{project_id}/workflows`, { params: { path: { project_id } }, body }))

export const sendEdits = (asset_id: string, body: { client: string; base: number; edits: Edit[] }) =>
  callAs<EditsAnswer>(POST(`${BASE}/workflows/{asset_id}/edits`, { params: { path: { asset_id } }, body }))

export const sendPresence = (asset_id: string, body: { client: string; x: number; y: number; selected: string[] }) =>
  callAs<void>(POST(`${BASE}/workflows/{asset_id}/presence`, { params: { path: { asset_id } }, body }))

export const saveVersion = (asset_id: string, message: string) =>
  callAs<VersionSummary>(POST(`${BASE}/workflows/{asset_id}/versions`, { params: { path: { asset_id } }, body: { message } }))

export const checkWorkflow = (project_id: string, workflow: Workflow, signal?: AbortSignal) =>
  callAs<Checked>(POST(`${BASE}/projects/{project_id}/workflows/check`, { params: { path: { project_id } }, body: { workflow }, signal }))

export const startRun = (asset_id: string, body: { seq?: number; params?: Record<string, unknown>; seed?: number; until?: string[]; again?: boolean }) =>
  callAs<Run>(POST(`${BASE}/workflows/{asset_id}/runs`, { params: { path: { asset_id } }, body }))

export const cancelRun = (run_id: string) => callAs<unknown>(POST(`${BASE}/runs/{run_id}/cancel`, { params: { path: { run_id } } }))

export const preview = (asset_id: string, body: { node: string; port: string; offset?: number; limit?: number }) =>
  callAs<Preview>(POST(`${BASE}/workflows/{asset_id}/preview`, { params: { path: { asset_id } }, body }))

export const portProfile = (asset_id: string, node: string, port: string) =>
  callAs<unknown>(GET(`${BASE}/workflows/{asset_id}/profile`, { params: { path: { asset_id }, query: { node, port } } }))

/** Where edits, people and runs are told as they come. */
export const eventsUrl = (asset_id: string, client: string) => `${BASE}/workflows/${asset_id}/events?client=${client}`
export const runEventsUrl = (run_id: string) => `${BASE}/runs/${run_id}/events`
