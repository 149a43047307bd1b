// A SQL component while it is written: a statement over named inputs and parameters. Pure.
import type { Signature, Text } from '@/api/workflow'

type Schema = Record<string, unknown>

/** What a parameter of a statement can be. */
export const PARAM_KINDS = ['column', 'columns', 'text', 'integer', 'number', 'boolean'] as const
export type ParamKind = (typeof PARAM_KINDS)[number]

export type StatementParam = { name: string; schema: Schema; required: boolean }
export type Statement = {
  name: string
  version: number
  title: Text
  summary: Text
  help: Text
  inputs: { name: string; label: Text; rest?: object }[]
  params: StatementParam[]
  sql: string
}

const empty = (): Text => ({ en: '', 'zh-CN': '' })

export const newStatement = (): Statement => ({
  name: '', version: 1, title: empty(), summary: empty(), help: empty(),
  inputs: [{ name: 'orders', label: { en: 'Orders', 'zh-CN': '订单' } }],
  params: [],
  sql: 'SELECT *\nFROM orders\n',
})

/** What a component that is there says, to write its next version. */
export function statementOf(name: string, signature: Signature, sql: string): Statement {
  const schema = (signature.params ?? {}) as { properties?: Record<string, Schema>; required?: string[] }
  return {
    name, version: signature.version, title: signature.title, summary: signature.summary, help: signature.help ?? empty(), sql,
    inputs: signature.inputs.map(({ name, label, ...rest }) => ({ name, label, rest })),
    params: Object.entries(schema.properties ?? {}).map(([name, schema_]) => ({ name, schema: schema_, required: schema.required?.includes(name) ?? false })),
  }
}

/** Parameters that the statement names outside of quotes and comments. */
export function namedIn(sql: string): string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ')
  return [...new Set([...bare.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map((match) => match[1] ?? ''))]
}

/** Parameters that are named and not declared. */
export const undeclared = (s: Statement): string[] => namedIn(s.sql).filter((name) => !s.params.some((p) => p.name === name))

export function kindOf({ schema }: StatementParam): ParamKind {
  if (schema['x-column']) return schema.type === 'array' ? 'columns' : 'column'
  return schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean' ? schema.type : 'text'
}

/** The parameter as another kind; its words stay. */
export function asKind(param: StatementParam, kind: ParamKind, port: string): StatementParam {
  const words = Object.fromEntries(Object.entries(param.schema).filter(([word]) => word === 'x-label' || word === 'x-help'))
  const column = { 'x-column': { port, ...(kind === 'columns' ? { many: true } : {}) } }
  const type = kind === 'columns' ? { type: 'array', items: { type: 'string' } } : { type: kind === 'text' || kind === 'column' ? 'string' : kind }
  return { ...param, schema: { ...type, ...(kind === 'column' || kind === 'columns' ? column : {}), ...words } }
}

/** A parameter by the name that a statement gives it. */
export const declared = (name: string, kind: ParamKind, port: string): StatementParam => asKind({ name, required: true, schema: { 'x-label': { en: name, 'zh-CN': name } } }, kind, port)

/** A name of small letters, digits and hyphens out of words. */
export const slug = (words: string): string => words.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '')

/** What `component.json` is. */
export function manifest(s: Statement): Record<string, unknown> {
  const required = s.params.filter((p) => p.required).map((p) => p.name)
  return {
    name: s.name || slug(s.title.en) || 'statement', version: s.version, kind: 'sql', category: 'own', evaluation: 'heavy', seeded: false,
    title: s.title, summary: s.summary, help: s.help,
    inputs: s.inputs.map(({ name, label, rest }) => ({ kind: 'table', ...rest, name, label })),
    params: { type: 'object', properties: Object.fromEntries(s.params.map((p) => [p.name, p.schema])), ...(required.length > 0 ? { required } : {}) },
    outputs: [{ name: 'table', kind: 'table', label: { en: 'Result', 'zh-CN': '结果' } }],
  }
}
