// Forms from signatures: a JSON Schema with labels, help and units in both
// languages becomes a list of fields. Pure.
import type { Text } from './format'

type FieldKind = 'text' | 'number' | 'integer' | 'percent' | 'choice' | 'switch' | 'date'

export interface Field {
  name: string
  kind: FieldKind
  label: Text | string
  help: Text | string | null
  unit: Text | string | null
  /** The choice field whose chosen label is this field's unit. */
  unitFrom: string | null
  required: boolean
  initial: unknown
  options: { value: string; label: Text | string }[]
  min: number | null
  max: number | null
  above: number | null
  below: number | null
  pattern: string | null
  maxLength: number | null
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const text = (value: unknown): Text | string | null =>
  typeof value === 'string' ? value : isObject(value) && typeof value.en === 'string' ? (value as unknown as Text) : null

function kindOf(schema: Json): FieldKind {
  if (Array.isArray(schema.enum)) return 'choice'
  if (schema.type === 'boolean') return 'switch'
  if (schema.type === 'integer') return 'integer'
  if (schema.type === 'number') return schema['x-format'] === 'percent' ? 'percent' : 'number'
  if (schema.format === 'date') return 'date'
  return 'text'
}

/** The fields of a schema, in its order. */
export function fieldsOf(schema: unknown): Field[] {
  if (!isObject(schema) || !isObject(schema.properties)) return []
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).flatMap(([name, raw]) => {
    if (!isObject(raw)) return []
    const labels = isObject(raw['x-enum-labels']) ? raw['x-enum-labels'] : {}
    const field: Field = {
      name,
      kind: kindOf(raw),
      label: text(raw['x-label']) ?? text(raw.title) ?? name,
      help: text(raw['x-help']) ?? text(raw.description),
      unit: text(raw['x-unit']),
      unitFrom: typeof raw['x-unit-from'] === 'string' ? raw['x-unit-from'] : null,
      required: required.includes(name),
      initial: raw.default ?? null,
      options: Array.isArray(raw.enum) ? raw.enum.map((value) => ({ value: String(value), label: text(labels[String(value)]) ?? String(value) })) : [],
      min: number(raw.minimum),
      max: number(raw.maximum),
      above: number(raw.exclusiveMinimum),
      below: number(raw.exclusiveMaximum),
      pattern: typeof raw.pattern === 'string' ? raw.pattern : null,
      maxLength: number(raw.maxLength),
    }
    return [field]
  })
}

export type Fault =
  | { code: 'missing' }
  | { code: 'notNumber' }
  | { code: 'notWhole' }
  | { code: 'least' | 'most' | 'above' | 'below'; limit: number }
  | { code: 'form' }

/** What is wrong with a value as it was typed; null if it fits. Percentages are typed as 10 for 0.1. */
export function faultOf(field: Field, value: unknown): Fault | null {
  if (value === null || value === undefined || value === '') return field.required ? { code: 'missing' } : null
  if (field.kind === 'number' || field.kind === 'integer' || field.kind === 'percent') {
    const n = Number(value)
    if (!Number.isFinite(n)) return { code: 'notNumber' }
    if (field.kind === 'integer' && !Number.isInteger(n)) return { code: 'notWhole' }
    const scale = field.kind === 'percent' ? 100 : 1
    if (field.min !== null && n < field.min * scale) return { code: 'least', limit: field.min * scale }
    if (field.max !== null && n > field.max * scale) return { code: 'most', limit: field.max * scale }
    if (field.above !== null && n <= field.above * scale) return { code: 'above', limit: field.above * scale }
    if (field.below !== null && n >= field.below * scale) return { code: 'below', limit: field.below * scale }
  }
  if (field.kind === 'text' && field.pattern && !new RegExp(field.pattern, 'u').test(String(value))) return { code: 'form' }
  return null
}

/** Values as the form shows them. */
export function toForm(fields: Field[], values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((f) => {
      const value = values[f.name] ?? f.initial
      return [f.name, f.kind === 'percent' && typeof value === 'number' ? Math.round(value * 1e6) / 1e4 : (value ?? undefined)]
    }),
  )
}

/** Values as the server takes them; what is empty is left out. */
export function fromForm(fields: Field[], values: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.name]
    if (value === null || value === undefined || value === '') continue
    result[field.name] = field.kind === 'percent' ? Math.round(Number(value) * 1e6) / 1e8 : typeof value === 'string' ? value.trim() : value
  }
  return result
}
