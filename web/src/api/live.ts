// Live updates: what a run does is written into the cache, so that every page
// that shows it moves by itself.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { keys } from './keys'
import { isActive } from './queries'
import type { Run } from './types'

/** Puts a run into every list that holds it. */
export function storeRun(client: QueryClient, run: Run): void {
  client.setQueryData(keys.run(run.id), run)
  client.setQueriesData<Run[]>({ queryKey: keys.runs(run.project_id) }, (old) => old?.map((r) => (r.id === run.id ? run : r)))
}

/** What a run that has ended leaves out of date. */
function ended(client: QueryClient, run: Run): void {
  const project = run.project_id
  for (const queryKey of [keys.runs(project), keys.activity(project), keys.assets(project), keys.catalog(project)])
    void client.invalidateQueries({ queryKey })
  for (const output of run.outputs) if (output.asset) void client.invalidateQueries({ queryKey: keys.asset(output.asset.id) })
}

function parse(event: MessageEvent<string>): Run | null {
  try {
    const value: unknown = JSON.parse(event.data)
    return typeof value === 'object' && value !== null && 'id' in value && 'state' in value ? (value as Run) : null
  } catch {
    return null
  }
}

/** Follows one run by its event stream, which ends with the run. */
export function useRunEvents(runId: string, active: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!active) return
    const source = new EventSource(`/api/v1/runs/${runId}/events`)
    source.addEventListener('run', (event) => {
      const run = parse(event as MessageEvent<string>)
      if (!run) return
      storeRun(client, run)
      if (!isActive(run)) {
        source.close()
        ended(client, run)
      }
    })
    return () => source.close()
  }, [client, runId, active])
}

/** Calls back for each run that was seen in progress and has ended since, and refreshes what it made. */
export function useEndedRuns(runs: Run[] | undefined, onEnd: (run: Run) => void): void {
  const client = useQueryClient()
  const seen = useRef(new Set<string>())
  const told = useRef(onEnd)
  useEffect(() => {
    told.current = onEnd
  })
  useEffect(() => {
    for (const run of runs ?? []) {
      if (isActive(run)) seen.current.add(run.id)
      else if (seen.current.delete(run.id)) {
        ended(client, run)
        told.current(run)
      }
    }
  }, [runs, client])
}
