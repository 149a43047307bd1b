// Row filters as the server keeps them, and as a form shows them: a list of
// conditions that must all hold. A filter of another shape is shown as it is
// and not edited here.

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
type Comparison = (typeof COMPARISONS)[number]
export type Operator = Comparison | 'in' | 'null' | 'not_null' | 'like'
export const OPERATORS: Operator[] = [...COMPARISONS, 'in', 'null', 'not_null', 'like']

export interface Condition {
  column: string
  operator: Operator
  value?: string
  values?: string[]
}

type Value = string | number | boolean
export type Filter =
  | { op: 'and' | 'or'; filters: Filter[] }
  | { op: 'not'; filter: Filter }
  | { op: 'compare'; column: string; is: Comparison; value: Value }
  | { op: 'in'; column: string; values: Value[] }
  | { op: 'is_null'; column: string }
  | { op: 'like'; column: string; pattern: string; ignore_case?: boolean }

/** A typed value: numbers for numeric columns, text otherwise. */
function typed(text: string, numeric: boolean): Value {
  if (text === 'true') return true
  if (text === 'false') return false
  const number = Number(text)
  return numeric && text.trim() !== '' && Number.isFinite(number) ? number : text
}

function one(condition: Condition, numeric: boolean): Filter {
  const { column, operator } = condition
  if (operator === 'in') return { op: 'in', column, values: (condition.values ?? []).map((v) => typed(v, numeric)) }
  if (operator === 'null') return { op: 'is_null', column }
  if (operator === 'not_null') return { op: 'not', filter: { op: 'is_null', column } }
  if (operator === 'like') return { op: 'like', column, pattern: condition.value ?? '' }
  return { op: 'compare', column, is: operator, value: typed(condition.value ?? '', numeric) }
}

/** The filter for conditions that must all hold; null for none. */
export function toFilter(conditions: Condition[], isNumeric: (column: string) => boolean): Filter | null {
  const filters = conditions.map((c) => one(c, isNumeric(c.column)))
  return filters.length === 0 ? null : filters.length === 1 ? (filters[0] ?? null) : { op: 'and', filters }
}

function condition(filter: Filter): Condition | null {
  switch (filter.op) {
    case 'compare':
      return { column: filter.column, operator: filter.is, value: String(filter.value) }
    case 'in':
      return { column: filter.column, operator: 'in', values: filter.values.map(String) }
    case 'is_null':
      return { column: filter.column, operator: 'null' }
    case 'like':
      return filter.ignore_case ? null : { column: filter.column, operator: 'like', value: filter.pattern }
    case 'not':
      return filter.filter.op === 'is_null' ? { column: filter.filter.column, operator: 'not_null' } : null
    default:
      return null
  }
}

/** The conditions of a filter; null where it is more than a list of them. */
export function toConditions(filter: Filter | null | undefined): Condition[] | null {
  if (!filter) return []
  const list = filter.op === 'and' ? filter.filters.map(condition) : [condition(filter)]
  return list.every((c): c is Condition => c !== null) ? list : null
}
