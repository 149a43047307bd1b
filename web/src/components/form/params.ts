// The form of a step, from its signature: fields of every kind, also lists of
// columns and lists of things with parts. Pure.
import type { ColumnKind, Signature } from '@/api/workflow'
import { fieldsOf, type Field } from '@/lib/schema'

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [])

/** The kind of asset of the project that a parameter chooses. */
export const assetKind = (schema: Json): string | null => (isObject(schema['x-asset']) && typeof schema['x-asset'].kind === 'string' ? schema['x-asset'].kind : null)

type ParamKind = 'plain' | 'column' | 'columns' | 'list' | 'choices' | 'items' | 'expression' | 'text' | 'asset' | 'params' | 'json'

export interface Param {
  name: string
  kind: ParamKind
  /** Label, help, bounds and choices, as of any field made from a schema. */
  field: Field
  initial: unknown
  column: { port: string; kinds: ColumnKind[] } | null
  /** The port whose columns an expression may name. */
  expression: string | null
  /** Whether it is a whole statement over all inputs, called t1, t2, … in their order. */
  statement: boolean
  /** The kind of asset that it chooses. */
  asset: string | null
  /** The parameter beside it that chooses the component whose parameters these are. */
  of: string | null
  /** Whether a text is words for people, such as of a message, and no code. */
  prose: boolean
  advanced: boolean
  group: string | null
  placeholder: string | null
  when: { param: string; in: unknown[] } | null
  /** The parts of each item of a list of things. */
  parts: Param[]
  /** Of a list of choices. */
  itemField: Field | null
  least: number
  most: number | null
}

function kindOf(schema: Json): ParamKind {
  const items = isObject(schema.items) ? schema.items : null
  if (isObject(schema['x-column'])) return schema.type === 'array' || schema['x-column'].many === true ? 'columns' : 'column'
  if (assetKind(schema) !== null) return 'asset'
  if (schema['x-expression'] !== undefined || schema['x-sql'] !== undefined) return 'expression'
  if (schema['x-code'] !== undefined) return 'text'
  if (schema.type === 'array') {
    if (!items) return 'json'
    if (isObject(items['x-column'])) return 'columns'
    if (items.type === 'object') return 'items'
    return Array.isArray(items.enum) ? 'choices' : 'list'
  }
  return schema.type === 'object' ? 'json' : 'plain'
}

/** The parameters of a schema. */
export const schemaParams = (schema: Json): Param[] => paramsOf(schema)

function paramsOf(schema: Json): Param[] {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const component = Object.entries(properties).find(([, beside]) => isObject(beside) && assetKind(beside) === 'component')?.[0] ?? null
  return fieldsOf(schema).flatMap((field): Param[] => {
    const own = properties[field.name]
    if (!isObject(own)) return []
    const items = isObject(own.items) ? own.items : null
    const choice = isObject(own['x-column']) ? own['x-column'] : items && isObject(items['x-column']) ? items['x-column'] : null
    const when = isObject(own['x-when']) ? own['x-when'] : null
    const expression = own['x-expression']
    const kind = kindOf(own)
    // Named parts beside a component that is chosen are what it is set to.
    const of = kind === 'json' ? component : null
    return [
      {
        name: field.name,
        kind: of === null ? kind : 'params',
        field,
        initial: own.default ?? null,
        column: choice && typeof choice.port === 'string' ? { port: choice.port, kinds: strings(choice.kinds) as ColumnKind[] } : null,
        expression: isObject(expression) && typeof expression.port === 'string' ? expression.port : expression !== undefined ? '' : null,
        statement: own['x-sql'] !== undefined,
        asset: assetKind(own),
        of,
        prose: own['x-code'] === 'text',
        advanced: own['x-advanced'] === true,
        group: typeof own['x-group'] === 'string' ? own['x-group'] : null,
        placeholder: typeof own['x-placeholder'] === 'string' ? own['x-placeholder'] : null,
        when: when && typeof when.param === 'string' ? { param: when.param, in: Array.isArray(when.in) ? when.in : [] } : null,
        parts: items?.type === 'object' ? paramsOf(items) : [],
        itemField: items && items.type !== 'object' ? (fieldsOf({ properties: { item: items } })[0] ?? null) : null,
        least: typeof own.minItems === 'number' ? own.minItems : 0,
        most: typeof own.maxItems === 'number' ? own.maxItems : null,
      },
    ]
  })
}

/** The parameters of a component: the columns that play a role first, as crates/tandem-flow/src/signature does it. */
export function signatureParams(signature: Signature): Param[] {
  const roles: Json = {}
  const required: string[] = []
  for (const port of signature.inputs) {
    for (const role of port.roles ?? []) {
      roles[role.name] = { type: 'string', 'x-label': role.label, 'x-column': { port: port.name, kinds: role.accepts ?? [] }, ...(role.help ? { 'x-help': role.help } : {}) }
      if (role.required && !port.optional) required.push(role.name)
    }
  }
  const own = isObject(signature.params.properties) ? signature.params.properties : {}
  return paramsOf({ properties: { ...roles, ...own }, required: [...required, ...strings(signature.params.required)] })
}

/** What a component says of one of its parameters. */
export function schemaOfParam(signature: Signature, name: string): Json {
  const own = isObject(signature.params.properties) ? signature.params.properties[name] : undefined
  return isObject(own) ? own : { type: 'string' }
}

/** What counts for each parameter: what was set, else its default. */
export function settled(params: readonly Param[], values: Json): Json {
  return Object.fromEntries(params.map((p) => [p.name, values[p.name] ?? p.initial]))
}

/** Whether a parameter counts, given the others. */
export const counts = (param: Param, settledValues: Json): boolean => !param.when || param.when.in.includes(settledValues[param.when.param] ?? null)

/** A new item of a list of things: its choices as they are by default. */
export function newItem(parts: readonly Param[]): Json {
  return Object.fromEntries(parts.flatMap((p): [string, unknown][] => (p.initial !== null && (p.field.required || p.field.kind === 'choice') ? [[p.name, p.initial]] : [])))
}

/** A value with a field set, or taken out where it is nothing. */
export function withField(values: Json, name: string, value: unknown): Json {
  if (value !== null && value !== undefined && value !== '') return { ...values, [name]: value }
  const { [name]: _gone, ...rest } = values
  return rest
}

/** Problems of a field itself; `inside` takes those of its parts along. */
export function problemsAt<P extends { at: { param?: string } }>(problems: readonly P[], path: string, inside: boolean): P[] {
  return problems.filter(({ at }) => at.param === path || (inside && at.param !== undefined && (at.param.startsWith(`${path}[`) || at.param.startsWith(`${path}.`))))
}

/** The workflow's parameter that a value is taken from. */
export const paramRef = (value: unknown): string | null => (isObject(value) && Object.keys(value).length === 1 && typeof value.$param === 'string' ? value.$param : null)
