// Apps: a workflow or a component that somebody opens to fill in a form and read what comes out.
import { queryOptions } from '@tanstack/react-query'
import { api, ApiError, call, type Refined, type Shapes } from './client'
import { keys } from './keys'
import type { Run } from './types'
import { whole, type PortKind, type Preview, type Signature, type Text } from './workflow'

export type AppEntry = Refined<Shapes['AppDto'], { signature: Signature; rights: ('run' | 'edit')[] }>
type AppDataset = Refined<Shapes['CandidateDto'], { problems: { code: 'missing_column' | 'column_kind'; message: Text }[] }>
export type Output = Refined<
  Shapes['OutputDto'],
  {
    kind: PortKind
    label: Text
    help: Text | null
    state: 'ready' | 'waiting' | 'failed' | 'skipped' | 'gone'
    error: { code: string; message: string } | null
  }
>

const entry = (app: Shapes['AppDto']) => ({ ...app, signature: whole(app.signature) }) as AppEntry
const ofApp = (app_id: string) => ({ path: { app_id } })
const get = async (id: string) => entry(await call(api.GET('/api/v1/apps/{app_id}', { params: ofApp(id) })))

export const appsQuery = (project_id: string) =>
  queryOptions({
    queryKey: keys.apps(project_id),
    queryFn: async () => (await call(api.GET('/api/v1/projects/{project_id}/apps', { params: { path: { project_id } } }))).items.map(entry),
  })

export const appQuery = (id: string) => queryOptions({ queryKey: keys.app(id), queryFn: () => get(id) })

/** The app that a workflow or component is, or null where it is none. */
export const appOrNoneQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.app(id), 'or none'],
    queryFn: async (): Promise<AppEntry | null> => {
      try {
        return await get(id)
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
    retry: false,
  })

export const appDatasetsQuery = (app_id: string, input: string) =>
  queryOptions({
    queryKey: keys.appDatasets(app_id, input),
    queryFn: async () => (await call(api.GET('/api/v1/apps/{app_id}/inputs/{input}/datasets', { params: { path: { app_id, input } } }))).items as AppDataset[],
  })

export const appRunsQuery = (id: string, everyone: boolean) =>
  queryOptions({
    queryKey: keys.appRuns(id, everyone),
    queryFn: async () => (await call(api.GET('/api/v1/apps/{app_id}/runs', { params: { ...ofApp(id), query: { everyone } } }))).items as Run[],
    refetchInterval: 30_000,
  })

export const publishApp = (id: string, body: { seq: number; title: Text; summary: Text; help?: Text }) => call(api.PUT('/api/v1/apps/{app_id}', { params: ofApp(id), body }))
export const endApp = (id: string) => call(api.DELETE('/api/v1/apps/{app_id}', { params: ofApp(id) }))
export const runApp = (id: string, body: Shapes['AppRunBody']) => call(api.POST('/api/v1/apps/{app_id}/runs', { params: ofApp(id), body })) as Promise<Run>

export const outputsQuery = (run_id: string) =>
  queryOptions({
    queryKey: keys.outputs(run_id),
    queryFn: async () => (await call(api.GET('/api/v1/runs/{run_id}/outputs', { params: { path: { run_id } } }))).items as Output[],
  })

export const lookAtOutput = (run_id: string, output: string, query: { offset?: number; limit?: number }) =>
  call(api.GET('/api/v1/runs/{run_id}/outputs/{output}', { params: { path: { run_id, output }, query } })) as Promise<Preview>
export const outputFile = (run: string, output: string, format: string) =>
  `/api/v1/runs/${encodeURIComponent(run)}/outputs/${encodeURIComponent(output)}/download?format=${format}`
