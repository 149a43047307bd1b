// Server state that more than one feature reads.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, ApiError, call, callAs, setCsrfToken } from './client'
import { keys } from './keys'
import type { Run, Scenario } from './types'

const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async () => {
    try {
      const session = await call(api.GET('/api/v1/session'))
      setCsrfToken(session.csrf_token)
      return session
    } catch (error) {
      // Nobody is signed in: that is an answer, not a failure.
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

export const useSession = () => useQuery(sessionQuery)

export const projectsQuery = queryOptions({
  queryKey: keys.projects,
  queryFn: async () => (await call(api.GET('/api/v1/projects', { params: { query: { limit: 200 } } }))).items,
})

const projectQuery = (project_id: string) =>
  queryOptions({
    queryKey: keys.project(project_id),
    queryFn: () => call(api.GET('/api/v1/projects/{project_id}', { params: { path: { project_id } } })),
    enabled: project_id !== '',
  })

export const useProject = (projectId: string) => useQuery(projectQuery(projectId))

export const assetsQuery = (project_id: string, q = '') =>
  queryOptions({
    queryKey: [...keys.assets(project_id), q],
    queryFn: async () =>
      (
        await call(
          api.GET('/api/v1/projects/{project_id}/assets', {
            params: { path: { project_id }, query: { kind: 'dataset', limit: 200, ...(q ? { q } : {}) } },
          }),
        )
      ).items,
  })

/** Whether there is anything at all that one may know of. */
export const anyAssetQuery = (project_id: string) =>
  queryOptions({
    queryKey: [...keys.assets(project_id), 'any'],
    queryFn: async () => (await call(api.GET('/api/v1/projects/{project_id}/assets', { params: { path: { project_id }, query: { limit: 1 } } }))).items.length > 0,
  })

export const assetQuery = (asset_id: string) =>
  queryOptions({
    queryKey: keys.asset(asset_id),
    queryFn: () => call(api.GET('/api/v1/assets/{asset_id}', { params: { path: { asset_id } } })),
  })

export const versionsQuery = (asset_id: string) =>
  queryOptions({
    queryKey: keys.versions(asset_id),
    queryFn: async () =>
      (await call(api.GET('/api/v1/assets/{asset_id}/versions', { params: { path: { asset_id }, query: { limit: 200 } } }))).items,
  })

export const lineageOf = (asset_id: string) => call(api.GET('/api/v1/assets/{asset_id}/lineage', { params: { path: { asset_id } } }))

export const isActive = (run: Pick<Run, 'state'>) => run.state === 'queued' || run.state === 'running'

export const runsQuery = (project_id: string, filter: { kind?: 'import' | 'scenario' | 'workflow' } = {}) =>
  queryOptions({
    queryKey: [...keys.runs(project_id), filter.kind ?? ''],
    queryFn: async () =>
      (
        await callAs<{ items: Run[] }>(
          api.GET('/api/v1/projects/{project_id}/runs', { params: { path: { project_id }, query: { limit: 50, ...(filter as { kind?: 'import' }) } } }),
        )
      ).items,
    // Somebody else may start one: looked up often while one is active, seldom otherwise.
    refetchInterval: (query) => (query.state.data?.some(isActive) ? 2_000 : 30_000),
  })

export const runQuery = (run_id: string) =>
  queryOptions({
    queryKey: keys.run(run_id),
    queryFn: () => callAs<Run>(api.GET('/api/v1/runs/{run_id}', { params: { path: { run_id } } })),
    // The event stream is quicker; this is for when it breaks.
    refetchInterval: (query) => (query.state.data && isActive(query.state.data) ? 5_000 : false),
  })

export const projectMembersQuery = (project_id: string) =>
  queryOptions({
    queryKey: keys.members(project_id),
    queryFn: async () =>
      (await call(api.GET('/api/v1/projects/{project_id}/members', { params: { path: { project_id }, query: { limit: 200 } } }))).items,
    staleTime: 60_000,
  })

export const catalogQuery = (project_id: string) =>
  queryOptions({
    queryKey: keys.catalog(project_id),
    queryFn: async () =>
      (await call(api.GET('/api/v1/projects/{project_id}/catalog', { params: { path: { project_id }, query: { limit: 200 } } }))).items,
  })

/** Requests for access that wait for the reader's decision. */
export const accessRequestsQuery = queryOptions({
  queryKey: keys.requests,
  queryFn: async () => (await call(api.GET('/api/v1/org/access-requests', { params: { query: { limit: 200 } } }))).items,
})

export const scenariosQuery = queryOptions({
  queryKey: keys.scenarios,
  queryFn: async () => (await callAs<{ items: Scenario[] }>(api.GET('/api/v1/scenarios'))).items,
  staleTime: 10 * 60_000,
})
