import { describe, expect, it } from 'vitest'
import type { Activity, Run } from '@/api/types'
import { told } from './tells'
import { waitingRuns } from './waiting'

const input = (role: string, id: string) => ({ role, asset: { id, kind: role, name: id }, seq: 1, mapping: null })
const run = (id: string, kind: string, name: string, state: string, stale: boolean, inputs: unknown[] = []) => ({ id, kind, name, state, stale, inputs }) as unknown as Run

describe('what waits', () => {
  it('is a workflow once, however many runs of it are out of date', () => {
    const runs = ['4', '3', '2', '1'].map((id) => run(id, 'workflow', 'Sales', 'succeeded', true, [input('workflow', 'w')]))
    expect(waitingRuns(runs).stale.map((one) => one.id)).toEqual(['4'])
  })
  it('is nothing that was done anew since', () => {
    const flow = [input('workflow', 'w')]
    expect(waitingRuns([run('2', 'workflow', 'Sales', 'succeeded', false, flow), run('1', 'workflow', 'Sales', 'failed', false, flow)])).toEqual({ stale: [], failed: [] })
    const failed = waitingRuns([run('2', 'workflow', 'Sales', 'failed', false, flow), run('1', 'workflow', 'Sales', 'succeeded', true, flow)])
    expect([failed.stale.length, failed.failed.map((one) => one.id)]).toEqual([0, ['2']])
  })
  it('tells workflows of one name, and a scenario over other data, apart', () => {
    const two = [run('2', 'workflow', 'Sales', 'succeeded', true, [input('workflow', 'a')]), run('1', 'workflow', 'Sales', 'succeeded', true, [input('workflow', 'b')])]
    expect(waitingRuns(two).stale.length).toBe(2)
    const reports = ['a', 'b'].map((data) => run(data, 'scenario', 'customer-value', 'succeeded', true, [input('transactions', data)]))
    expect(waitingRuns(reports).stale.length).toBe(2)
  })
})

it('a comment that begins a thread is one line, an answer another', () => {
  const item = (id: string, change: string, at: string) => ({ id, kind: 'thread', change, at, name: '', asset: null, thread_id: 't' }) as unknown as Activity
  expect(told([item('3', 'commented', 'later'), item('2', 'commented', 'first'), item('1', 'created', 'first')], () => false).map((one) => one.id)).toEqual(['3', '1'])
})
