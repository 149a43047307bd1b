// Shared filters: what their controls show, and the conditions that it means. Pure.
import type { Condition, Control, Filter } from '@/api/dashboards'
import type { ColumnKind } from '@/api/workflow'
import { isNumber, isTime } from './fields'

export interface Setting {
  /** Chosen values. */
  values: string[]
  from: string
  to: string
  text: string
}

const NONE: Setting = { values: [], from: '', to: '', text: '' }
const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** The day after one, `2024-02-29` → `2024-03-01`. */
function dayAfter(day: string, days = 1): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return day
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** What a control shows for conditions. */
export function settingOf(control: Control, conditions: readonly Condition[]): Setting {
  const value = (...operators: string[]) => conditions.find((c) => operators.includes(c.operator))?.value
  switch (control) {
    case 'choice': {
      const chosen = value('one_of', 'equals')
      return { ...NONE, values: Array.isArray(chosen) ? chosen.map(text) : chosen === undefined ? [] : [text(chosen)] }
    }
    case 'dates': {
      const before = value('less')
      return { ...NONE, from: text(value('at_least')), to: before === undefined ? text(value('at_most')) : dayAfter(text(before), -1) }
    }
    case 'range':
      return { ...NONE, from: text(value('at_least')), to: text(value('at_most')) }
    default:
      return { ...NONE, text: text(value('contains')) }
  }
}

/** The conditions of what a control shows; none where nothing is set. The last day counts as a whole. */
export function conditionsOf(control: Control, setting: Partial<Setting>, kind: ColumnKind = 'text'): Condition[] {
  const { values, from, to, text: words } = { ...NONE, ...setting }
  const bound = (operator: string, value: string): Condition[] => (value.trim() === '' ? [] : [{ operator, value: value.trim() }])
  switch (control) {
    case 'choice':
      return values.length > 0 ? [{ operator: 'one_of', value: values }] : []
    case 'range':
      return [...bound('at_least', from), ...bound('at_most', to)]
    case 'dates':
      return [...bound('at_least', from), ...(kind === 'timestamp' ? bound('less', to && dayAfter(to)) : bound('at_most', to))]
    default:
      return bound('contains', words)
  }
}

/** The control that suits a column. */
export const controlFor = (kind: ColumnKind): Control => (isTime(kind) ? 'dates' : isNumber(kind) ? 'range' : 'choice')
/** The controls that a column can have. */
export const controlsFor = (kind: ColumnKind): Control[] => (isTime(kind) ? ['dates', 'choice'] : isNumber(kind) ? ['range', 'choice'] : ['choice', 'text'])

/** What holds of a filter: what the reader set, else what the author did. */
export const heldBy = (filter: Filter, set: Record<string, Condition[]>): Condition[] => set[filter.id] ?? filter.conditions ?? []

/** What is set differs from what the author set. */
export const isOwn = (filter: Filter, set: Record<string, Condition[]>): boolean => set[filter.id] !== undefined && JSON.stringify(set[filter.id]) !== JSON.stringify(filter.conditions ?? [])

/** Settings of readers as they stand in the address; what isn't one is nothing. */
export function readSet<T>(param: string): Record<string, T[]> {
  try {
    const found: unknown = JSON.parse(param || '{}')
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return {}
    return Object.fromEntries(Object.entries(found).filter(([, list]) => Array.isArray(list))) as Record<string, T[]>
  } catch {
    return {}
  }
}

export const writeSet = (set: Record<string, unknown[]>): string => (Object.keys(set).length > 0 ? JSON.stringify(set) : '')
