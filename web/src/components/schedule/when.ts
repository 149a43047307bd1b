// When something happens by itself, as a form holds it and as the server takes it. Pure.
import type { Shapes } from '@/api/client'
import { choiceOf, expression, FIRST, type Choice } from './cron'

type Kept = Pick<Shapes['DeliveryBody'], 'cron' | 'on_data'>

export interface When {
  timed: boolean
  choice: Choice
  zone: string
  missed: 'once' | 'skip'
  onData: boolean
  /** Minutes of quiet. */
  wait: number
}

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** What a form begins with: what was set, or every day. */
export function whenOf(old: Kept | null | undefined): When {
  return {
    timed: old ? !!old.cron : true,
    choice: old?.cron ? choiceOf(old.cron.expression) : FIRST,
    zone: old?.cron?.time_zone ?? here(),
    missed: old?.cron?.missed ?? 'once',
    onData: !!old?.on_data,
    wait: Math.round((old?.on_data?.wait_seconds ?? 60) / 6) / 10,
  }
}

export function bodyOf(when: When): Required<Kept> {
  return {
    cron: when.timed ? { expression: expression(when.choice), time_zone: when.zone, missed: when.missed } : null,
    on_data: when.onData ? { wait_seconds: Math.round(when.wait * 60) } : null,
  }
}

const ZONES: string[] = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []

/** Time zones to choose from, the likely ones first. */
export const zonesWith = (zone: string) => [...new Set([here(), zone, 'UTC', ...ZONES])].map((value) => ({ value, label: value }))
