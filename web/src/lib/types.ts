// What a column's type means to a reader. The server names types as Arrow does.
export type TypeKind = 'integer' | 'decimal' | 'text' | 'boolean' | 'date' | 'time' | 'other'

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

export const isNumeric = (type: string) => typeKind(type) === 'integer' || typeKind(type) === 'decimal'
