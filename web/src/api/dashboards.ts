// Dashboards over HTTP. The document is written here as crates/tandem-app/src/dashboards has it, as the contract says no more of it
// than that it is an object.
import { queryOptions } from '@tanstack/react-query'
import type { Text } from '@/lib/format'
import type { ReportFormat } from '@/lib/reportFormats'
import { api, call, rawFetch, type Refined, type Shapes } from './client'
import { keys } from './keys'
import { projectAssetsQuery } from './workflow'

export type Condition = {
  operator: string
  value?: unknown
}

export type ColumnCondition = Condition & {
  column: string
}

export type Source = {
  label?: Text
  dataset?: string
  version?: number
  /** The names that figures use → columns of the dataset, where they are not the same. */
  columns?: Record<string, string>
}

export type Control = 'choice' | 'range' | 'dates' | 'text'

export type Filter = {
  id: string
  label?: Text
  column: string
  sources: string[]
  control: Control
  conditions?: Condition[]
}

export type Figure = {
  source: string
  component: string
  params?: Record<string, unknown>
  conditions?: ColumnCondition[]
  drill?: { param: string; levels: string[] }
}

export type Block = {
  id: string
  title?: Text
  span: 'full' | 'half'
  shows: { text: Text } | { figure: Figure }
}

export type DashboardPage = {
  id: string
  title: Text
  blocks: Block[]
}

export type Dashboard = {
  format: number
  sources: Record<string, Source>
  filters: Filter[]
  pages: DashboardPage[]
}

export type DashboardDetail = Refined<Shapes['DashboardDetail'], { dashboard: Dashboard }>

/** What a reader has set: conditions by filter, values that were pointed at by block. */
export type Reading = {
  filters?: Record<string, Condition[]>
  drill?: Record<string, (string | null)[]>
}

/** What a figure gives: a section of a report, whose blocks components/report draws. */
type FigureSection = {
  id: string
  title: Text
  blocks: unknown[]
}

export type Answered = { block: string; section: FigureSection } | { block: string; error: { code: string; message: Text } }

export type DashboardAnswer = Refined<Shapes['DashboardAnswer'], { blocks: Answered[] }>

export type Roles = Refined<Shapes['SourceRolesDto'], { label?: Text | null }>

export const dashboardsQuery = (project_id: string) => projectAssetsQuery(project_id, 'dashboard')

export const dashboardQuery = (dashboard_id: string, seq?: number) =>
  queryOptions({
    queryKey: [...keys.dashboard(dashboard_id), seq ?? 'latest'],
    queryFn: () => call(api.GET('/api/v1/dashboards/{dashboard_id}', { params: { path: { dashboard_id }, query: seq === undefined ? {} : { seq } } })) as Promise<DashboardDetail>,
  })

export const answerQuery = (dashboard_id: string, seq: number | undefined, page: string, reading: Reading) =>
  queryOptions({
    queryKey: [...keys.dashboard(dashboard_id), 'answer', seq ?? 'latest', page, JSON.stringify(reading)],
    queryFn: ({ signal }) =>
      call(
        api.POST('/api/v1/dashboards/{dashboard_id}/answer', {
          params: { path: { dashboard_id } },
          body: { seq: seq ?? null, page, filters: reading.filters ?? {}, drill: reading.drill ?? {} },
          signal,
        }),
      ) as Promise<DashboardAnswer>,
    staleTime: 60_000,
  })

/** Values that a filter can be set to, the commonest first. */
export type Choices = { values: { value: unknown; rows: number }[]; more: boolean }

/** Looks them up by a part of them, among the rows that the other filters leave. */
export const choicesQuery = (dashboard_id: string, seq: number | undefined, filter: string, search: string, filters: Record<string, Condition[]>) => ({
  queryKey: [...keys.dashboard(dashboard_id), 'choices', seq ?? 'latest', filter, search, JSON.stringify({ ...filters, [filter]: undefined })],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(api.POST('/api/v1/dashboards/{dashboard_id}/choices', { params: { path: { dashboard_id } }, body: { seq: seq ?? null, filter, search, filters }, signal })) as Promise<Choices>,
  staleTime: 60_000,
})

/** The same of a document that was not saved. */
export const previewChoicesQuery = (project_id: string, dashboard: Dashboard, filter: string, search: string) => ({
  queryKey: ['project', project_id, 'dashboard-choices', filter, search, JSON.stringify([dashboard.sources, dashboard.filters])],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(api.POST('/api/v1/projects/{project_id}/dashboards/choices', { params: { path: { project_id } }, body: { dashboard, filter, search }, signal })) as Promise<Choices>,
  staleTime: 60_000,
})

/** The same of a document that was not saved. */
export const previewQuery = (project_id: string, dashboard: Dashboard, page: string, reading: Reading) =>
  queryOptions({
    queryKey: ['project', project_id, 'dashboard-preview', page, JSON.stringify(dashboard), JSON.stringify(reading)],
    queryFn: ({ signal }) =>
      call(
        api.POST('/api/v1/projects/{project_id}/dashboards/answer', {
          params: { path: { project_id } },
          body: { dashboard, page, filters: reading.filters ?? {}, drill: reading.drill ?? {} },
          signal,
        }),
      ) as Promise<DashboardAnswer>,
    staleTime: 60_000,
    gcTime: 60_000,
  })

export const createDashboard = (project_id: string, body: { name: string; description?: string; dashboard: Dashboard }) =>
  call(api.POST('/api/v1/projects/{project_id}/dashboards', { params: { path: { project_id } }, body })) as Promise<DashboardDetail>

export const saveDashboard = (dashboard_id: string, base: number, dashboard: Dashboard, message = '') =>
  call(api.POST('/api/v1/dashboards/{dashboard_id}/versions', { params: { path: { dashboard_id } }, body: { base, dashboard, message } })) as Promise<DashboardDetail>

export const rolesQuery = (dashboard_id: string) =>
  queryOptions({
    queryKey: [...keys.dashboard(dashboard_id), 'roles'],
    queryFn: async () => (await call(api.GET('/api/v1/dashboards/{dashboard_id}/roles', { params: { path: { dashboard_id } } }))).items as Roles[],
  })

export const bindDashboard = (project_id: string, template_id: string, name: string, sources: Record<string, { dataset: string; columns: Record<string, string> }>) =>
  call(api.POST('/api/v1/projects/{project_id}/dashboards/bind', { params: { path: { project_id } }, body: { template_id, name, sources } })) as Promise<DashboardDetail>

/** Every page as a file. */
export async function exportDashboard(dashboard_id: string, format: ReportFormat, lang: string, filters: Record<string, Condition[]>, signal: AbortSignal): Promise<Blob> {
  const answer = await rawFetch(`/api/v1/dashboards/${dashboard_id}/export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format, lang, filters }),
    signal,
  })
  return answer.blob()
}

/** The columns of a version, as whoever asks may see them. */
export const columnsQuery = (asset_id: string, seq: number) =>
  queryOptions({
    queryKey: [...keys.rows(asset_id, seq), 'columns'],
    queryFn: async () => (await call(api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rows', { params: { path: { asset_id, seq }, query: { offset: 0, limit: 1 } } }))).columns,
    staleTime: Infinity,
  })
