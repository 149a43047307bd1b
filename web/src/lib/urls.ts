// Every address of the application is built here and nowhere else.
import type { ReportFormat } from './reportFormats'

type Search = Record<string, string | number | undefined>

function withSearch(path: string, search?: Search): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search ?? {})) {
    if (value !== undefined && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

const project = (id: string) => `/projects/${encodeURIComponent(id)}`

export type DatasetTab = 'content' | 'rows' | 'versions' | 'lineage' | 'quality' | 'access' | 'discussion'
export type TeamTab = 'project' | 'organization' | 'requests' | 'tokens' | 'audit'

export const urls = {
  root: () => '/',
  signIn: (next?: string) => withSearch('/sign-in', { next }),
  projects: () => '/projects',
  account: () => '/account',
  home: (projectId: string) => project(projectId),
  said: (projectId: string, search?: { state?: string }) => withSearch(`${project(projectId)}/said`, search),
  data: (projectId: string, search?: { q?: string; new?: string }) => withSearch(`${project(projectId)}/data`, search),
  importData: (projectId: string, search?: { dataset?: string; source?: string }) =>
    withSearch(`${project(projectId)}/data/import`, search),
  dataset: (projectId: string, assetId: string, search?: { tab?: DatasetTab; v?: number; column?: string }) =>
    withSearch(`${project(projectId)}/data/${encodeURIComponent(assetId)}`, search),
  compare: (projectId: string, assetId: string, search?: { from?: number; to?: number; key?: string }) =>
    withSearch(`${project(projectId)}/data/${encodeURIComponent(assetId)}/compare`, search),
  explore: (projectId: string, search?: { sql?: string }) => withSearch(`${project(projectId)}/explore`, search),
  workflows: (projectId: string) => `${project(projectId)}/workflows`,
  workflow: (projectId: string, assetId: string, search?: { node?: string; v?: number; panel?: string; port?: string; side?: string }) =>
    withSearch(`${project(projectId)}/workflows/${encodeURIComponent(assetId)}`, search),
  compareWorkflow: (projectId: string, assetId: string, search?: { from?: number; to?: number }) =>
    withSearch(`${project(projectId)}/workflows/${encodeURIComponent(assetId)}/compare`, search),
  dashboards: (projectId: string) => `${project(projectId)}/dashboards`,
  dashboard: (projectId: string, assetId: string, search?: { page?: string; v?: number; tab?: string }) =>
    withSearch(`${project(projectId)}/dashboards/${encodeURIComponent(assetId)}`, search),
  editDashboard: (projectId: string, assetId: string, search?: { page?: string }) =>
    withSearch(`${project(projectId)}/dashboards/${encodeURIComponent(assetId)}/edit`, search),
  models: (projectId: string, search?: { q?: string }) => withSearch(`${project(projectId)}/models`, search),
  model: (projectId: string, assetId: string, search?: { v?: number; tab?: string; from?: number }) =>
    withSearch(`${project(projectId)}/models/${encodeURIComponent(assetId)}`, search),
  /** The page of an asset, by its kind. */
  asset: (projectId: string, asset: { id: string; kind: string }, seq?: number | null): string =>
    asset.kind === 'model'
      ? urls.model(projectId, asset.id, { v: seq ?? undefined })
      : asset.kind === 'workflow'
        ? urls.workflow(projectId, asset.id, { v: seq ?? undefined })
        : asset.kind === 'dashboard'
          ? urls.dashboard(projectId, asset.id, { v: seq ?? undefined })
          : asset.kind === 'component'
            ? urls.component(projectId, `own-${asset.id}`, { v: seq ?? undefined })
            : urls.dataset(projectId, asset.id, { v: seq ?? undefined }),
  components: (projectId: string, search?: { q?: string }) => withSearch(`${project(projectId)}/components`, search),
  component: (projectId: string, name: string, search?: { v?: number }) => withSearch(`${project(projectId)}/components/${encodeURIComponent(name)}`, search),
  apps: (projectId: string) => `${project(projectId)}/apps`,
  app: (projectId: string, assetId: string, search?: { run?: string }) => withSearch(`${project(projectId)}/apps/${encodeURIComponent(assetId)}`, search),
  scenarios: (projectId: string) => `${project(projectId)}/scenarios`,
  scenario: (projectId: string, name: string, search?: { dataset?: string; from?: string }) =>
    withSearch(`${project(projectId)}/scenarios/${encodeURIComponent(name)}`, search),
  run: (projectId: string, runId: string, search?: { node?: string; with?: string; tab?: string }) => withSearch(`${project(projectId)}/runs/${encodeURIComponent(runId)}`, search),
  team: (projectId: string, search?: { tab?: TeamTab }) => withSearch(`${project(projectId)}/team`, search),
}

/** Addresses of files that the server makes; the browser saves them. */
export const files = {
  output: (runId: string, output: string, format: ReportFormat, lang: string) =>
    `/api/v1/runs/${runId}/outputs/${encodeURIComponent(output)}/report?format=${format}&lang=${encodeURIComponent(lang)}`,
  report: (runId: string, format: ReportFormat, lang: string) => `/api/v1/runs/${runId}/report.${format}?lang=${encodeURIComponent(lang)}`,
  download: (assetId: string, seq: number, format: string) =>
    `/api/v1/datasets/${assetId}/versions/${seq}/download?format=${encodeURIComponent(format)}`,
}
