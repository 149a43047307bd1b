// A run of a workflow as its page shows it: what took how long, and how two
// runs differ. Pure.
import type { Run } from '@/api/types'
import type { NodeState, Workflow } from '@/api/workflow'
import { topological } from './order'

type States = Record<string, NodeState>

interface Lane {
  id: string
  state: NodeState | undefined
  /** When it began and how long it computed, as shares of the whole; null where it computed nothing. */
  from: number | null
  size: number
  /** Whether most of the time went here. */
  long: boolean
}

const at = (time: string | null | undefined) => (time ? new Date(time).getTime() : NaN)

/** The steps in their order, with the time of each as a share of the whole run's. */
export function lanes(w: Workflow, states: States): Lane[] {
  const begun = Object.values(states).map((s) => at(s.started_at)).filter(Number.isFinite)
  const ended = Object.values(states).map((s) => at(s.finished_at)).filter(Number.isFinite)
  const start = Math.min(...begun)
  const whole = Math.max(1, Math.max(...ended, ...begun) - start)
  const longest = Math.max(0, ...Object.values(states).map((s) => (s.cached ? 0 : (s.elapsed_ms ?? 0))))
  return topological(w).map((id) => {
    const state = states[id]
    const first = at(state?.started_at)
    if (!state || state.cached || !Number.isFinite(first)) return { id, state, from: null, size: 0, long: false }
    const last = Number.isFinite(at(state.finished_at)) ? at(state.finished_at) : Math.max(...ended, ...begun)
    return { id, state, from: (first - start) / whole, size: Math.max(0.004, (last - first) / whole), long: longest > 0 && state.elapsed_ms === longest }
  })
}

/** How many steps stand how. */
export function tally(w: Workflow, states: States): Partial<Record<NodeState['state'] | 'known', number>> {
  const counts: Partial<Record<NodeState['state'] | 'known', number>> = {}
  for (const id of Object.keys(w.nodes)) {
    const state = states[id]
    const key = state?.state === 'succeeded' && state.cached ? 'known' : (state?.state ?? 'waiting')
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

interface Result {
  digests?: Record<string, string>
  tables?: Record<string, Record<string, string>>
}
const resultOf = (run: Run): Result => (run.result as Result | null | undefined) ?? {}

/** What the tables of a step hold, by port, as short fingerprints: equal where the rows are. */
export const fingerprints = (run: Run, node: string): Record<string, string> => resultOf(run).tables?.[node] ?? {}

export type Verdict =
  /** The rows are the same. */
  | 'same'
  /** The rows differ. */
  | 'different'
  /** The same was asked of the same data. */
  | 'same_work'
  /** Nothing is known of one of them. */
  | 'unknown'
  /** It is in one of them only. */
  | 'only_here'
  | 'only_there'

export interface Compared {
  id: string
  verdict: Verdict
  here: NodeState | undefined
  there: NodeState | undefined
}

/** Two runs of a workflow, step by step. */
export function compareRuns(here: { run: Run; workflow: Workflow; states: States }, there: { run: Run; workflow: Workflow; states: States }): Compared[] {
  const ids = [...topological(here.workflow), ...topological(there.workflow).filter((id) => !here.workflow.nodes[id])]
  return ids.map((id) => ({ id, verdict: verdict(here, there, id), here: here.states[id], there: there.states[id] }))
}

function verdict(here: { run: Run; workflow: Workflow }, there: { run: Run; workflow: Workflow }, id: string): Verdict {
  if (!there.workflow.nodes[id]) return 'only_here'
  if (!here.workflow.nodes[id]) return 'only_there'
  const [a, b] = [fingerprints(here.run, id), fingerprints(there.run, id)]
  const ports = Object.keys(a).filter((port) => port in b)
  if (ports.length > 0) return ports.every((port) => a[port] === b[port]) ? 'same' : 'different'
  const [x, y] = [resultOf(here.run).digests?.[id], resultOf(there.run).digests?.[id]]
  return x !== undefined && x === y ? 'same_work' : 'unknown'
}

/** The saved version that a run ran, where its answer names it. */
export const versionOf = (run: Run): { asset: string; name: string; seq: number } | null => {
  const link = run.inputs.find((input) => input.role === 'workflow' && input.asset)
  return link?.asset ? { asset: link.asset.id, name: link.asset.name, seq: link.seq } : null
}

/** Pinned versions of datasets that differ between two runs, by step. */
export function otherInputs(here: Run, there: Run): { role: string; here: string; there: string }[] {
  const pins = (run: Run) => new Map(run.inputs.filter((i) => i.role !== 'workflow').map((i) => [i.role, `${i.asset?.name ?? '–'} v${i.seq}`]))
  const [a, b] = [pins(here), pins(there)]
  return [...new Set([...a.keys(), ...b.keys()])].filter((role) => a.get(role) !== b.get(role)).map((role) => ({ role, here: a.get(role) ?? '–', there: b.get(role) ?? '–' }))
}
