import { describe, expect, it } from 'vitest'
import type { Run } from '@/api/types'
import type { NodeState } from '@/api/workflow'
import { compareRuns, lanes, otherInputs, tally, versionOf } from './runs'
import { workflow } from './testing'

const state = (more: Partial<NodeState>): NodeState => ({ state: 'succeeded', cached: false, rows: {}, progress: null, started_at: null, finished_at: null, elapsed_ms: null, error: null, outputs: {}, curve: [], ...more })
const run = (more: Partial<Run>): Run => ({ inputs: [], outputs: [], result: null, ...more }) as Run
const w = workflow('a=source b=filter c=filter a>b b>c')
const time = (s: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, s)).toISOString()

describe('the times of a run', () => {
  const states = {
    a: state({ started_at: time(0), finished_at: time(2), elapsed_ms: 2000 }),
    b: state({ started_at: time(2), finished_at: time(8), elapsed_ms: 6000 }),
    c: state({ cached: true, elapsed_ms: 9000, finished_at: time(8) }),
  }
  it('are shares of the whole; what was known took none', () => {
    expect(lanes(w, states).map((l) => [l.id, l.from, l.size, l.long])).toEqual([['a', 0, 0.25, false], ['b', 0.25, 0.75, true], ['c', null, 0, false]])
  })
  it('of a run that has not begun are none', () => {
    expect(lanes(w, {}).every((l) => l.from === null)).toBe(true)
  })
  it('known results are counted apart', () => {
    expect(tally(w, states)).toEqual({ succeeded: 2, known: 1 })
  })
})

describe('two runs', () => {
  const side = (result: unknown, doc = w) => ({ run: run({ result: result as never }), workflow: doc, states: {} })
  const verdicts = (one: unknown, other: unknown, doc = w) => Object.fromEntries(compareRuns(side(one), side(other, doc)).map((c) => [c.id, c.verdict]))
  it('are the same where the rows are', () => {
    const a = { tables: { a: { table: '10-x' }, b: { table: '5-y' } }, digests: { c: 'd1' } }
    expect(verdicts(a, { tables: { a: { table: '10-x' }, b: { table: '5-z' } }, digests: { c: 'd1' } })).toEqual({ a: 'same', b: 'different', c: 'same_work' })
  })
  it('say nothing where one failed before', () => {
    expect(verdicts({ tables: { a: { table: '1-x' } } }, null)).toEqual({ a: 'unknown', b: 'unknown', c: 'unknown' })
  })
  it('name the steps that only one has', () => {
    expect(verdicts(null, null, workflow('a=source d=filter a>d'))).toEqual({ a: 'unknown', b: 'only_here', c: 'only_here', d: 'only_there' })
  })
  it('name the data that differ', () => {
    const input = (seq: number) => ({ role: 'data', seq, asset: { id: 'x', kind: 'dataset', name: 'orders' } })
    const flow = { role: 'workflow', seq: 3, asset: { id: 'w', kind: 'workflow', name: 'Sales' } }
    const [one, other] = [run({ inputs: [input(1), flow] as never }), run({ inputs: [input(2), flow] as never })]
    expect(otherInputs(one, other)).toEqual([{ role: 'data', here: 'orders v1', there: 'orders v2' }])
    expect(versionOf(one)).toEqual({ asset: 'w', name: 'Sales', seq: 3 })
  })
})
