// When workflows run by themselves, and what is out of date.
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Refined, type Shapes } from './client'
import { keys } from './keys'
import type { Run } from './types'
import type { Text } from './workflow'

export type ScheduleBody = Shapes['ScheduleBody']
export type Schedule = Refined<Shapes['Schedule'], { state: 'active' | 'off' | 'paused' | 'stopped'; reason: { code: 'failures' | 'rights' | 'workflow'; message: Text } | null }>
export type Fired = Refined<Shapes['Fired'], { cause: 'cron' | 'data'; outcome: 'started' | 'skipped' | 'held_back' | 'stopped'; run_state: Run['state'] | null; message: Text | null }>
export type ScheduleDetail = Refined<Shapes['ScheduleDetail'], { schedule: Schedule | null; history: Fired[] }>
export type StaleReason = Refined<Shapes['StaleWhy'], { kind: 'input' | 'component' | 'params' | 'connections' | 'upstream' }>
type StaleMark = Refined<Shapes['StaleMark'], { mark: 'fresh' | 'stale' | 'none'; reasons: StaleReason[] }>
export type Stale = Refined<Shapes['StaleMarks'], { nodes: Record<string, StaleMark> }>

const of = (workflow_id: string) => ({ params: { path: { workflow_id } } })

export const scheduleQuery = (workflow: string) =>
  queryOptions({
    queryKey: keys.schedule(workflow),
    queryFn: () => call(api.GET('/api/v1/workflows/{workflow_id}/schedule', of(workflow))) as Promise<ScheduleDetail>,
    refetchInterval: 30_000,
  })

export const saveSchedule = (workflow: string, body: ScheduleBody) => call(api.PUT('/api/v1/workflows/{workflow_id}/schedule', { ...of(workflow), body }))
export const removeSchedule = (workflow: string) => call(api.DELETE('/api/v1/workflows/{workflow_id}/schedule', of(workflow)))

/** The next times of a cron as it is typed; why it is refused comes as an error. */
export const upcomingQuery = (cron: string, time_zone: string) =>
  queryOptions({
    queryKey: keys.upcoming(cron, time_zone),
    queryFn: async ({ signal }) => (await call(api.GET('/api/v1/schedules/upcoming', { params: { query: { cron, time_zone } }, signal }))).upcoming,
    retry: false,
    staleTime: 60_000,
  })

export const staleQuery = (workflow: string) =>
  queryOptions({ queryKey: keys.stale(workflow), queryFn: () => call(api.GET('/api/v1/workflows/{workflow_id}/stale', of(workflow))) as Promise<Stale>, staleTime: 10_000 })

export const refreshWorkflow = (workflow: string) => call(api.POST('/api/v1/workflows/{workflow_id}/refresh', { ...of(workflow), body: {} })) as Promise<Run>
