// States of the nodes as they move: read once, then told by the run's events.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { keys } from '@/api/keys'
import { storeRun } from '@/api/live'
import { isActive, runQuery } from '@/api/queries'
import type { Run } from '@/api/types'
import { runEventsUrl, runNodesQuery, statesQuery, type NodeState, type RunStates } from '@/api/workflow'
import { digest } from './facts'
import { useDocPart, useWorkflow } from './document'

const saved = (state: { sync: string }) => state.sync === 'saved'
const told = (state: { run: string | null }) => state.run

/** The run under way, if there is one. */
export function useActiveRun(assetId: string): Run | null {
  const states = useQuery(statesQuery(assetId))
  const id = states.data?.run_id ?? ''
  const run = useQuery({ ...runQuery(id), enabled: id !== '' })
  return run.data && isActive(run.data) ? run.data : null
}

/** Keeps the states up to date; mounted once for an open document. */
export function useLiveStates(assetId: string): void {
  const client = useQueryClient()
  const states = useQuery({ ...statesQuery(assetId), refetchInterval: (query) => (query.state.data?.run_id ? 5_000 : false) })
  const runId = states.data?.run_id ?? null
  // Somebody has started a run, here or elsewhere.
  const begun = useDocPart(told)
  useEffect(() => {
    if (begun) void client.invalidateQueries({ queryKey: keys.states(assetId) })
  }, [client, assetId, begun])
  // What the server knows follows from what it has: asked again once it has a change that matters.
  const workflow = useWorkflow()
  const isSaved = useDocPart(saved)
  const last = useRef<string | null>(null)
  useEffect(() => {
    if (!isSaved) return
    const now = digest(workflow)
    if (last.current !== null && last.current !== now) void client.invalidateQueries({ queryKey: keys.states(assetId) })
    last.current = now
  }, [client, assetId, workflow, isSaved])
  useEffect(() => {
    if (!runId) return
    const source = new EventSource(runEventsUrl(runId))
    source.addEventListener('run', (event) => {
      try {
        const run = JSON.parse((event as MessageEvent<string>).data) as Run & { nodes?: Record<string, NodeState> }
        const { nodes } = run
        storeRun(client, run)
        if (nodes)
          client.setQueryData<RunStates>(keys.states(assetId), (old) => ({ run_id: isActive(run) ? runId : (old?.run_id ?? null), nodes: { ...old?.nodes, ...nodes } }))
        if (isActive(run)) return
        source.close()
        if (nodes) client.setQueryData<RunStates>(runNodesQuery(runId).queryKey, { run_id: null, nodes })
        for (const queryKey of [keys.runs(run.project_id), ['workflow', assetId, 'preview'], ['workflow', assetId, 'profile']])
          void client.invalidateQueries({ queryKey })
        // First which run made what, then what holds: so nothing that was told of the steps goes away between.
        void client.invalidateQueries({ queryKey: keys.stale(assetId) }).then(() => client.invalidateQueries({ queryKey: keys.states(assetId) }))
      } catch {
        // What can't be read is looked up again soon.
      }
    })
    return () => source.close()
  }, [client, assetId, runId])
}
