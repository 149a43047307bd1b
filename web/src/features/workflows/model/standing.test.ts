import { expect, it } from 'vitest'
import type { NodeState, Problem, Workflow } from '@/api/workflow'
import { groupStanding, rowsTold, standings, type Marked, type States, type Told } from './standing'
import { catalog, signatures, workflow } from './testing'

const is = (state: NodeState['state'], more: Partial<NodeState> = {}): NodeState => ({ state, cached: false, rows: {}, progress: null, started_at: null, finished_at: null, elapsed_ms: null, error: null, outputs: {}, curve: [], ...more })
const told = (states: States, marks: Record<string, Marked> = {}, run: States = {}, running = false): Told => ({ states, running, marks, made: (id, node) => (id === 'r' ? run[node] : undefined) })
const of = (w: Workflow, t: Told) => standings(w, catalog(), t)
const fresh: Marked = { mark: 'fresh', run_id: 'r' }
const stale: Marked = { mark: 'stale', run_id: 'r' }

it('a step keeps the rows and the time of the run that made it, until it is out of date', () => {
  const w = workflow('a=dataset f=filter g=group a>f f>g')
  const run = { a: is('succeeded', { rows: { table: 90 } }), f: is('succeeded', { rows: { table: 70 } }), g: is('succeeded', { rows: { table: 5 }, elapsed_ms: 120, finished_at: 'then' }) }
  // As the server knows the draft afterwards: views without rows, results as known before.
  const after = { a: is('succeeded'), f: is('succeeded'), g: is('succeeded', { cached: true, rows: { table: 5 }, elapsed_ms: 120 }) }
  const found = of(w, told(after, { a: fresh, f: fresh, g: fresh }, run))
  expect([found.a?.rows, found.f?.rows]).toEqual([{ table: 90 }, { table: 70 }])
  expect(found.g).toMatchObject({ state: 'succeeded', cached: false, elapsed_ms: 120, finished_at: 'then' })
  const changed = of(w, told({ ...after, f: is('waiting'), g: is('waiting') }, { a: fresh, f: stale, g: stale }, run))
  expect([changed.a?.rows, changed.f?.state, changed.f?.rows, changed.g?.state]).toEqual([{ table: 90 }, 'stale', {}, 'stale'])
})

it('of a run that failed the steps behind are skipped, and views before it were gone through', () => {
  const w = workflow('a=dataset f=filter g=group s=sort z=filter a>f f>g g>s')
  const run = { a: is('succeeded', { rows: { table: 90 } }), f: is('succeeded'), g: is('failed') }
  const states = { a: is('waiting'), f: is('waiting'), g: is('failed'), s: is('waiting'), z: is('waiting') }
  const found = of(w, told(states, { a: fresh, f: fresh }, run))
  expect([found.a?.state, found.a?.rows, found.f?.state, found.g?.state]).toEqual(['succeeded', { table: 90 }, 'succeeded', 'failed'])
  expect(found.s).toMatchObject({ state: 'skipped', reason: 'upstream' })
  expect(found.z?.state).toBe('waiting')
  // While the next run goes on, it waits again.
  expect(of(w, told(states, {}, run, true)).s?.state).toBe('waiting')
})

it('the branch that was not taken stays skipped', () => {
  const w = workflow('a=dataset b=branch y=sort n=sort m=group a>b b.yes>y b.no>n n>m')
  const run = { a: is('succeeded'), b: is('succeeded'), y: is('succeeded'), n: is('skipped', { reason: 'branch' }), m: is('skipped', { reason: 'branch' }) }
  const found = of(w, told({ a: is('succeeded'), b: is('succeeded'), y: is('succeeded'), n: is('waiting'), m: is('waiting') }, { a: fresh, b: fresh, y: fresh, n: { mark: 'none', run_id: null }, m: { mark: 'none', run_id: null } }, run))
  expect([found.y?.state, found.n?.reason, found.m?.reason]).toEqual(['succeeded', 'branch', 'branch'])
})

it('the rows of the main output are told, or of both parts', () => {
  const signature = (name: string) => signatures().find((s) => s.name === name)
  expect(rowsTold(signature('split'), { test: 1761, train: 5282 })).toEqual([5282, 1761])
  expect(rowsTold(signature('join'), { matches: 4, table: 900 })).toEqual([900])
  expect(rowsTold(signature('evaluate'), { groups: 3, metrics: 8 })).toEqual([8])
  expect(rowsTold(undefined, { table: 2 })).toEqual([2])
  expect(rowsTold(signature('filter'), {})).toEqual([])
})

it('a group shows the worst of what is inside, and where it is wrong first', () => {
  const w = workflow('a=source b=filter c=filter d=filter a>b b>c c>d')
  for (const id of ['a', 'b', 'c', 'd']) w.nodes[id] = { ...w.nodes[id]!, frame: 'f' }
  w.frames = { f: { title: 'F', folded: true } }
  const all = (a: NodeState, b: NodeState, c: NodeState, d: NodeState, problems: Record<string, Problem[]> = {}) => groupStanding(w, 'f', { a, b, c, d }, problems)
  const [done, waits] = [is('succeeded'), is('waiting')]
  const wrong: Problem = { severity: 'error', code: 'parameter', at: { node: 'b' }, message: { en: 'x', 'zh-CN': 'x' } }
  expect(all(done, done, is('failed'), is('skipped', { reason: 'upstream' }), { b: [wrong] })).toMatchObject({ state: 'failed', count: 1, wrong: 'c', problems: [wrong] })
  expect(all(done, is('running', { progress: { phase: 'rows', done: 1, total: 2 } }), waits, waits)).toMatchObject({ state: 'running', share: 0.375 })
  expect(all(done, is('stale'), is('stale'), waits)).toMatchObject({ state: 'stale', count: 2, wrong: null })
  expect(all(done, done, done, is('skipped', { reason: 'branch' }))).toMatchObject({ state: 'succeeded' })
  expect(all(done, waits, waits, waits, { b: [wrong] })).toMatchObject({ state: null, wrong: 'b' })
})
