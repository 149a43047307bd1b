// Workflows that go out as files and notebooks, and come back.
import { api, call, type Refined, type Shapes } from './client'
import type { Edit, Text, Workflow, WorkflowDetail } from './workflow'

/** Something to know of a cell of a notebook that came back. */
export type Remark = Refined<Shapes['RemarkDto'], { message: Text }>

export type Brought = Refined<Shapes['Brought'], { edits: Edit[]; refused: { index: number; message: Text }[]; remarks: Remark[] }>

export type WorkflowMade = Refined<Shapes['WorkflowMade'], { remarks: Remark[] }> & WorkflowDetail

/** The draft as a file has it. */
export const documentOf = (workflow_id: string) => call(api.GET('/api/v1/workflows/{workflow_id}/document', { params: { path: { workflow_id } } }))

/** What a notebook would change in the draft; nothing is changed. */
export const tryNotebook = (workflow_id: string, notebook: Record<string, unknown>) =>
  call(api.POST('/api/v1/workflows/{workflow_id}/notebook', { params: { path: { workflow_id } }, body: { notebook: notebook as never, dry_run: true } })) as Promise<Brought>

/** A new workflow: from a document or a notebook, else empty. */
export const makeWorkflow = (project_id: string, body: { name: string; description?: string; workflow?: Workflow; notebook?: Record<string, unknown> }) =>
  call(api.POST('/api/v1/projects/{project_id}/workflows', { params: { path: { project_id } }, body: body as never })) as Promise<WorkflowMade>
