// What of many runs waits for somebody: a thing once, not each of its runs. Pure.
import type { Run } from '@/api/types'

type Known = Pick<Run, 'kind' | 'name' | 'state' | 'stale' | 'inputs'>

/** What a run is one of: a workflow, an import into a dataset, a scenario over its data. */
export function subject({ kind, name, inputs }: Pick<Run, 'kind' | 'name' | 'inputs'>): string {
  const workflow = inputs.find((input) => input.role === 'workflow')?.asset
  if (workflow) return `workflow ${workflow.id}`
  return [kind, name, ...(kind === 'scenario' ? inputs.map((input) => `${input.role}=${input.asset?.id ?? ''}`).sort() : [])].join(' ')
}

/** The newest run of each thing, of runs with the newest first, where that is out of date or has failed. */
export function waitingRuns<R extends Known>(runs: readonly R[]): { stale: R[]; failed: R[] } {
  const newest = new Map<string, R>()
  for (const run of runs) {
    if (run.state !== 'succeeded' && run.state !== 'failed') continue
    const of = subject(run)
    if (!newest.has(of)) newest.set(of, run)
  }
  const all = [...newest.values()]
  return { stale: all.filter((run) => run.stale && run.state === 'succeeded'), failed: all.filter((run) => run.state === 'failed') }
}
