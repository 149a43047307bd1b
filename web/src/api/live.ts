// Live updates: server-sent events written into the cache, so that every page
// that shows a run or an asset moves by itself.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { keys } from './keys'
import { isActive } from './queries'
import type { Run } from './types'

function parse(event: Event): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse((event as MessageEvent<string>).data)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const looksLikeRun = (value: Record<string, unknown>): value is Run & Record<string, unknown> =>
  typeof value.id === 'string' && typeof value.state === 'string' && typeof value.created_at === 'string'

/** Puts a run into every list that holds it. */
export function storeRun(client: QueryClient, run: Run): void {
  client.setQueryData(keys.run(run.id), run)
  client.setQueriesData<Run[]>({ queryKey: keys.runs(run.project_id) }, (old) => old?.map((r) => (r.id === run.id ? run : r)))
}

function runChanged(client: QueryClient, projectId: string, run: Run): void {
  const before = client.getQueryData<Run>(keys.run(run.id))
  storeRun(client, run)
  if (!isActive(run) || !before) {
    void client.invalidateQueries({ queryKey: keys.runs(projectId) })
    void client.invalidateQueries({ queryKey: keys.activity(projectId) })
  }
  if (!isActive(run)) {
    void client.invalidateQueries({ queryKey: keys.run(run.id) })
    void client.invalidateQueries({ queryKey: keys.assets(projectId) })
    void client.invalidateQueries({ queryKey: keys.catalog(projectId) })
    for (const output of run.outputs) void client.invalidateQueries({ queryKey: keys.asset(output.asset.id) })
  }
}

/** Follows everything that happens in a project. */
export function useProjectEvents(projectId: string): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!projectId) return
    const source = new EventSource(`/api/v1/projects/${projectId}/events`)
    const refresh = (id: unknown) => {
      void client.invalidateQueries({ queryKey: keys.assets(projectId) })
      void client.invalidateQueries({ queryKey: keys.activity(projectId) })
      void client.invalidateQueries({ queryKey: keys.catalog(projectId) })
      if (typeof id === 'string') void client.invalidateQueries({ queryKey: keys.asset(id) })
    }
    source.addEventListener('run', (event) => {
      const value = parse(event)
      if (value && looksLikeRun(value)) runChanged(client, projectId, value)
      else {
        void client.invalidateQueries({ queryKey: keys.runs(projectId) })
        const id = value?.run_id ?? value?.id
        if (typeof id === 'string') void client.invalidateQueries({ queryKey: keys.run(id), exact: true })
      }
    })
    source.addEventListener('version', (event) => refresh(parse(event)?.asset_id))
    source.addEventListener('asset', (event) => {
      const value = parse(event)
      refresh(value?.asset_id ?? value?.id)
    })
    return () => source.close()
  }, [client, projectId])
}

/** Follows one run closely: every step of its progress. */
export function useRunEvents(runId: string, active: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!active) return
    const source = new EventSource(`/api/v1/runs/${runId}/events`)
    source.addEventListener('progress', (event) => {
      const value = parse(event)
      if (!value) return
      const progress = (value.progress ?? value) as Run['progress']
      client.setQueryData<Run>(keys.run(runId), (old) => (old && isActive(old) ? { ...old, progress } : old))
    })
    source.addEventListener('state', () => {
      void client.invalidateQueries({ queryKey: keys.run(runId), exact: true })
    })
    source.onerror = () => {
      // The stream ends with the run; the list's timer covers a broken line.
      if (source.readyState === EventSource.CLOSED) void client.invalidateQueries({ queryKey: keys.run(runId), exact: true })
    }
    return () => source.close()
  }, [client, runId, active])
}
