// Apps: a workflow or a component that somebody opens to fill in a form and read what comes out.
import { queryOptions } from '@tanstack/react-query'
import { ApiError } from './client'
import { keys } from './keys'
import { at, rest } from './rest'
import type { AssetRef, Run, User } from './types'
import type { Column, PortKind, Preview, Signature, Text } from './workflow'

export interface AppEntry {
  id: string
  asset: AssetRef
  project_id: string
  seq: number
  signature: Signature
  pages: Record<'en' | 'zh-CN', string>
  author: User
  updated_at: string
  rights: ('run' | 'edit')[]
  newest_seq: number
}

export interface AppDataset {
  asset: AssetRef
  rows: number
  fits: boolean
  problems: { column: string; code: 'missing_column' | 'column_kind'; message: Text }[]
  columns: Column[]
}

export interface Output {
  name: string
  label: Text
  help: Text | null
  kind: PortKind
  state: 'ready' | 'waiting' | 'failed' | 'skipped' | 'gone'
  rows: number | null
  error: { code: string; message: string } | null
  download: boolean
}

const whole = (app: AppEntry): AppEntry => ({ ...app, signature: { ...app.signature, inputs: app.signature.inputs ?? [], outputs: app.signature.outputs ?? [], params: app.signature.params ?? {} } })

export const appsQuery = (project: string) =>
  queryOptions({ queryKey: keys.apps(project), queryFn: async () => (await rest.get<{ items: AppEntry[] }>(at('projects', project, 'apps'))).items.map(whole) })

export const appQuery = (id: string) => queryOptions({ queryKey: keys.app(id), queryFn: async () => whole(await rest.get<AppEntry>(at('apps', id))) })

/** The app that a workflow or component is, or null where it is none. */
export const appOrNoneQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.app(id), 'or none'],
    queryFn: async (): Promise<AppEntry | null> => {
      try {
        return whole(await rest.get<AppEntry>(at('apps', id)))
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
    retry: false,
  })

export const appDatasetsQuery = (id: string, input: string) =>
  queryOptions({ queryKey: keys.appDatasets(id, input), queryFn: async () => (await rest.get<{ items: AppDataset[] }>(at('apps', id, 'inputs', input, 'datasets'))).items })

export const appRunsQuery = (id: string, everyone: boolean) =>
  queryOptions({
    queryKey: keys.appRuns(id, everyone),
    queryFn: async () => (await rest.get<{ items: Run[] }>(at('apps', id, 'runs'), { everyone: everyone || undefined })).items,
    refetchInterval: 30_000,
  })

export const publishApp = (id: string, body: { seq: number; title: Text; summary: Text; help?: Text }) => rest.put<AppEntry>(at('apps', id), body)
export const endApp = (id: string) => rest.remove(at('apps', id))
export const runApp = (id: string, body: { inputs: Record<string, { dataset_id: string; version?: number }>; params: Record<string, unknown> }) => rest.post<Run>(at('apps', id, 'runs'), body)

export const outputsQuery = (run: string) => queryOptions({ queryKey: keys.outputs(run), queryFn: async () => (await rest.get<{ items: Output[] }>(at('runs', run, 'outputs'))).items })

export const lookAtOutput = (run: string, output: string, page: { offset?: number; limit?: number }) => rest.get<Preview>(at('runs', run, 'outputs', output), page)
export const outputFile = (run: string, output: string, format: string) => `/api/v1${at('runs', run, 'outputs', output, 'download')}?format=${format}`
