// When workflows run by themselves, and what is out of date.
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'
import { at, rest } from './rest'
import type { AssetRef, Run, User } from './types'
import type { Text } from './workflow'

export interface Cron {
  expression: string
  time_zone: string
  missed: 'once' | 'skip'
}

export interface ScheduleBody {
  enabled: boolean
  cron: Cron | null
  on_data: { wait_seconds: number } | null
  params: Record<string, unknown>
}

export interface Schedule extends ScheduleBody {
  workflow: AssetRef
  state: 'active' | 'off' | 'paused' | 'stopped'
  reason: { code: 'failures' | 'rights' | 'workflow'; message: Text } | null
  next_at: string | null
  waits_until: string | null
  failures: number
  held_back: { at: string; dataset: AssetRef | null; message: Text | string } | null
  owner: User
  updated_at: string
}

export interface Fired {
  at: string
  due_at: string
  cause: 'cron' | 'data'
  outcome: 'started' | 'skipped' | 'held_back' | 'stopped'
  run_id: string | null
  run_state: Run['state'] | null
  message: Text | null
}

export interface ScheduleDetail {
  schedule: Schedule | null
  upcoming: string[]
  history: Fired[]
}

export interface StaleReason {
  kind: 'input' | 'component' | 'params' | 'connections' | 'upstream'
  dataset: AssetRef | null
  used: number | null
  latest: number | null
  params: string[]
  nodes: string[]
}

export interface StaleMark {
  mark: 'fresh' | 'stale' | 'none'
  run_id: string | null
  reasons: StaleReason[]
}

export interface Stale {
  nodes: Record<string, StaleMark>
}

export const scheduleQuery = (workflow: string) =>
  queryOptions({ queryKey: keys.schedule(workflow), queryFn: () => rest.get<ScheduleDetail>(at('workflows', workflow, 'schedule')), refetchInterval: 30_000 })

export const saveSchedule = (workflow: string, body: ScheduleBody) => rest.put<ScheduleDetail>(at('workflows', workflow, 'schedule'), body)
export const removeSchedule = (workflow: string) => rest.remove(at('workflows', workflow, 'schedule'))

export const schedulesQuery = (project: string) =>
  queryOptions({ queryKey: keys.schedules(project), queryFn: async () => (await rest.get<{ items: Schedule[] }>(at('projects', project, 'schedules'))).items })

/** The next times of a cron as it is typed; why it is refused comes as an error. */
export const upcomingQuery = (cron: string, time_zone: string) =>
  queryOptions({
    queryKey: keys.upcoming(cron, time_zone),
    queryFn: async ({ signal }) => (await rest.get<{ upcoming: string[] }>('/schedules/upcoming', { cron, time_zone }, signal)).upcoming,
    retry: false,
    staleTime: 60_000,
  })

export const staleQuery = (workflow: string) =>
  queryOptions({ queryKey: keys.stale(workflow), queryFn: () => rest.get<Stale>(at('workflows', workflow, 'stale')), staleTime: 10_000 })

export const refreshWorkflow = (workflow: string) => rest.post<Run>(at('workflows', workflow, 'refresh'))
