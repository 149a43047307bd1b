// The fields of a source: the columns of its dataset under the names that
// figures use. Pure.
import type { Source } from '@/api/dashboards'
import { columnKind, type ColumnKind } from '@/lib/types'

export interface Field {
  /** What figures call it. */
  name: string
  /** The column of the dataset. */
  column: string
  kind: ColumnKind
}

/** The fields of a source. Where columns are bound, those that aren't can be had under their own name, unless it is taken. */
export function fieldsOf(source: Source | undefined, columns: { name: string; type: string }[]): Field[] {
  const bound = Object.entries(source?.columns ?? {})
  return columns.flatMap(({ name: column, type }) => {
    const kind = columnKind(type)
    const names = bound.filter(([, own]) => own === column).map(([name]) => name)
    if (names.length > 0) return names.map((name) => ({ name, column, kind }))
    return bound.some(([name]) => name === column) ? [] : [{ name: column, column, kind }]
  })
}

/** A source in which a field can be used: a bound one has to say so. */
export function withField(source: Source, name: string): Source {
  const bound = source.columns
  if (!bound || Object.keys(bound).length === 0 || name in bound) return source
  return { ...source, columns: { ...bound, [name]: name } }
}

export const isNumber = (kind: ColumnKind) => kind === 'integer' || kind === 'number' || kind === 'decimal'
export const isTime = (kind: ColumnKind) => kind === 'date' || kind === 'timestamp'
