// How it stands with each step: what is known of the draft now, together with
// what the run that last made a step told of it, which holds until it is out of date.
import type { NodeState, Problem, Signature, Workflow } from '@/api/workflow'
import { componentId, type Catalog } from './connect'
import { nodesIn } from './frames'
import { topological } from './order'

export type States = Record<string, NodeState>

/** How a step stands to the run that last made it. */
export interface Marked {
  mark: string
  run_id: string | null
}

export interface Told {
  /** Of the draft now; while a run goes on, of that. */
  states: States
  running: boolean
  marks: Record<string, Marked>
  /** What a run told of a step. */
  made: (run: string, node: string) => NodeState | undefined
}

/** How it stands with each step that something is known of. */
export function standings(w: Workflow, catalog: Catalog, { states, running, marks, made }: Told): States {
  const found: States = {}
  // The run in which to look for a step that none has made.
  const origin: Record<string, string | null> = {}
  const before = new Map<string, string[]>()
  for (const { from, to } of Object.values(w.edges)) before.set(to.node, [...(before.get(to.node) ?? []), from.node])
  for (const id of topological(w)) {
    const known = states[id]
    if (!known) continue
    const feeds = before.get(id) ?? []
    const mark = marks[id]
    origin[id] = mark?.run_id ?? feeds.map((feed) => origin[feed]).find((run) => run) ?? null
    const then = mark?.run_id ? made(mark.run_id, id) : undefined
    found[id] = one(id, known, then)
    function one(id: string, known: NodeState, then: NodeState | undefined): NodeState {
      const open = known.state === 'waiting'
      if (known.state === 'succeeded' && (!running || known.finished_at === null) && mark?.mark === 'fresh' && then?.state === 'succeeded') return kept(known, then)
      if (known.state !== 'succeeded' && !open) return known
      if (open && !running && feeds.some((feed) => behindFailure(found[feed]))) return { ...known, state: 'skipped', reason: 'upstream' }
      if (mark?.mark === 'stale') return { ...known, state: 'stale' }
      if (!open || running) return known
      const node = w.nodes[id]
      const evaluation = node && catalog.get(componentId(node.component))?.evaluation
      // What is a query's view keeps no result: that the run went through it is all there is to know.
      if (mark?.mark === 'fresh' && then?.state === 'succeeded' && (evaluation === 'lazy' || evaluation === 'stored')) return { ...then, progress: null }
      const run = origin[id]
      const passed = run && feeds.some((feed) => found[feed]?.state === 'succeeded' || found[feed]?.reason === 'branch') ? made(run, id) : undefined
      return passed?.state === 'skipped' && passed.reason === 'branch' ? passed : known
    }
  }
  return found
}

const behindFailure = (state: NodeState | undefined) => state?.state === 'failed' || (state?.state === 'skipped' && state.reason === 'upstream')

/** A result that still holds, with what its run told: its rows and time, and whether it was computed then. */
const kept = (known: NodeState, then: NodeState): NodeState => ({
  ...known,
  cached: then.cached,
  rows: { ...then.rows, ...known.rows },
  elapsed_ms: then.elapsed_ms,
  started_at: then.started_at,
  finished_at: then.finished_at,
  curve: known.curve.length > 0 ? known.curve : then.curve,
  log: known.log ?? then.log,
})

/** The rows to be told at a step: of its main output, or of each of the parts that it cuts its input into. */
export function rowsTold(signature: Signature | undefined, rows: Record<string, number>): number[] {
  const outputs = signature?.outputs ?? []
  const inOrder = outputs.flatMap(({ name }) => (rows[name] === undefined ? [] : [rows[name]]))
  if (inOrder.length === 0) return Object.values(rows).slice(0, 1)
  // An output called `table` is the main one, and what stands beside it tells of it.
  const parts = outputs.length === 2 && outputs.every((p) => p.kind === 'table' && p.name !== 'table')
  return parts ? inOrder : inOrder.slice(0, 1)
}

export interface Group {
  /** The worst that stands inside; null where nothing is to be said. */
  state: NodeState['state'] | null
  /** How many steps stand like that. */
  count: number
  /** While it runs: the share that is done. */
  share: number | null
  problems: Problem[]
  /** The first step, in the order of the graph, at which something is wrong. */
  wrong: string | null
}

const WORST = ['failed', 'running', 'cancelled', 'stale', 'skipped'] as const

/** How it stands with a group: the worst of what is inside. */
export function groupStanding(w: Workflow, frame: string, states: States, problems: Record<string, Problem[]>): Group {
  const inside = new Set(nodesIn(w, frame))
  const ids = topological(w).filter((id) => inside.has(id))
  const found = ids.flatMap((id) => problems[id] ?? [])
  const failed = ids.find((id) => states[id]?.state === 'failed')
  const wrong = failed ?? ids.find((id) => problems[id]?.some((p) => p.severity === 'error')) ?? null
  // That one branch was not taken is no trouble.
  const all = ids.map((id) => states[id]).filter((s) => s?.reason !== 'branch')
  const how = (state: NodeState['state']) => all.filter((s) => s?.state === state)
  const worst = WORST.find((state) => how(state).length > 0)
  if (worst === undefined) {
    const done = how('succeeded').length
    return { state: done > 0 && done === all.length ? 'succeeded' : null, count: done, share: null, problems: found, wrong }
  }
  const ended = all.filter((s) => s && s.state !== 'running' && s.state !== 'waiting').length
  const within = how('running').reduce((sum, s) => sum + (s?.progress?.total ? Math.min(1, s.progress.done / s.progress.total) : 0), 0)
  return { state: worst, count: how(worst).length, share: worst === 'running' ? (ended + within) / all.length : null, problems: found, wrong }
}
