// What a column's type means to a reader. The server names types as Arrow does.
type TypeKind = 'integer' | 'decimal' | 'text' | 'boolean' | 'date' | 'time' | 'other'

export function typeKind(type: string): TypeKind {
  const t = type.toLowerCase()
  if (/^u?int\d*|^integer|^bigint|^smallint|^long/.test(t)) return 'integer'
  if (/^float|^double|^decimal|^half|^numeric|^number|^real/.test(t)) return 'decimal'
  if (/utf8|string|text|char|^dictionary/.test(t)) return 'text'
  if (/^bool/.test(t)) return 'boolean'
  if (/^date/.test(t)) return 'date'
  if (/^time|^duration|^interval/.test(t)) return 'time'
  return 'other'
}

/** What a figure or a step makes of a column, as signatures say it. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'decimal' | 'date' | 'timestamp' | 'boolean' | 'other'
const KINDS: ColumnKind[] = ['text', 'integer', 'number', 'decimal', 'date', 'timestamp', 'boolean']

/** The kind of a column of a dataset, whose type the server names in more detail. */
export function columnKind(type: string): ColumnKind {
  const name = type.split('(')[0] ?? type
  return KINDS.find((kind) => kind === name) ?? 'other'
}

export const isNumeric = (type: string) => typeKind(type) === 'integer' || typeKind(type) === 'decimal'
