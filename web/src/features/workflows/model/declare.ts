// What a workflow shows to outside: parameters that set values of steps, ports
// that are fed from outside or read from there. Pure.
import type { Edit, Port, PortRef, Text, Workflow } from '@/api/workflow'

type Schema = Record<string, unknown>
const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a schema says of its neighbours, which doesn't hold outside of its component. */
const NEIGHBOURS = ['x-when', 'x-unit-from', 'x-column', 'x-expression', 'x-group', 'x-advanced', 'x-new-column', 'x-order']

/** A name of small letters, digits and underscores that is not taken. */
export function freeName(taken: Iterable<string>, wanted: string): string {
  const used = new Set(taken)
  const base = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '') || 'value'
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}_${n}`
    if (!used.has(name)) return name
  }
}

function outside(schema: Schema): Schema {
  const kept = Object.fromEntries(Object.entries(schema).filter(([word]) => !NEIGHBOURS.includes(word)))
  if (isObject(kept.items)) kept.items = outside(kept.items)
  if (isObject(kept.properties)) kept.properties = Object.fromEntries(Object.entries(kept.properties).map(([name, part]) => [name, isObject(part) ? outside(part) : part]))
  return kept
}

/** Makes what is set at a step a parameter of the whole workflow, with the value that it has now as its default. */
export function promote(w: Workflow, node: string, param: string, schema: Schema, label: Text): Edit[] {
  const set = w.nodes[node]?.params?.[param]
  const name = freeName(Object.keys(w.params ?? {}), param)
  const now = set ?? schema.default
  const declared: Schema = { ...outside(schema), 'x-label': label, 'x-order': nextOrder(w), ...(now !== undefined && now !== null ? { default: now } : { 'x-required': true }) }
  return [{ op: 'declare_param', name, schema: declared }, { op: 'set_param', id: node, param, value: { $param: name } }]
}

export const nextOrder = (w: Workflow): number => 1 + Math.max(-1, ...Object.values(w.params ?? {}).map((s) => (typeof s['x-order'] === 'number' ? s['x-order'] : -1)))

/** The steps that take their value from a parameter. */
export function usesOf(w: Workflow, name: string): { node: string; param: string }[] {
  return Object.entries(w.nodes).flatMap(([node, n]) => Object.entries(n.params ?? {}).flatMap(([param, value]) => (isObject(value) && value.$param === name ? [{ node, param }] : [])))
}

/** Takes a parameter away; the steps keep its default as a value of their own. */
export function withdraw(w: Workflow, name: string): Edit[] {
  const value = w.params?.[name]?.default ?? null
  return [...usesOf(w, name).map(({ node, param }): Edit => ({ op: 'set_param', id: node, param, value })), { op: 'declare_param', name, schema: null }]
}

const sameRef = (a: PortRef, b: PortRef) => a.node === b.node && a.port === b.port

/** The name under which a port is shown to outside; null where it isn't. */
export function exposedAs(w: Workflow, ref: PortRef, input: boolean): string | null {
  const all = input ? Object.entries(w.inputs ?? {}).filter(([, i]) => i.to.some((to) => sameRef(to, ref))) : Object.entries(w.outputs ?? {}).filter(([, o]) => sameRef(o.from, ref))
  return all[0]?.[0] ?? null
}

/** Shows a port to outside, under a name of its own. */
export function expose(w: Workflow, ref: PortRef, input: boolean, port: Port): Edit[] {
  const help = port.help ? { help: port.help } : {}
  if (input) return [{ op: 'expose_input', name: freeName(Object.keys(w.inputs ?? {}), port.name), input: { to: [ref], label: port.label, ...help } }]
  return [{ op: 'expose_output', name: freeName(Object.keys(w.outputs ?? {}), port.name), output: { from: ref, label: port.label, ...help } }]
}

/** No longer shows a port to outside; an input that feeds others too keeps them. */
export function conceal(w: Workflow, ref: PortRef, input: boolean): Edit[] {
  const name = exposedAs(w, ref, input)
  if (name === null) return []
  if (!input) return [{ op: 'expose_output', name, output: null }]
  const was = w.inputs?.[name]
  const to = was?.to.filter((end) => !sameRef(end, ref)) ?? []
  return [{ op: 'expose_input', name, input: was && to.length > 0 ? { ...was, to } : null }]
}

/** What is written in one language only stands in both; nothing where nothing is written. */
export function bothWords(text: Text): Text | undefined {
  const [en, zh] = [text.en.trim(), text['zh-CN'].trim()]
  return en || zh ? { en: en || zh, 'zh-CN': zh || en } : undefined
}

export type ValueKind = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'choice'

/** The schema of a parameter that is declared by hand. */
export function schemaOf(kind: ValueKind, label: Text, order: number): Schema {
  const of: Record<ValueKind, Schema> = {
    text: { type: 'string' },
    integer: { type: 'integer' },
    number: { type: 'number' },
    boolean: { type: 'boolean', default: false },
    date: { type: 'string', format: 'date' },
    choice: { type: 'string', enum: ['a', 'b'] },
  }
  return { ...of[kind], 'x-label': label, 'x-order': order }
}

/** The parameters of a workflow as one schema, in their order, as crates/tandem-flow/src/graph/mod.rs does it. */
export function workflowSchema(params: Workflow['params']): Schema {
  const order = (s: Schema) => (typeof s['x-order'] === 'number' ? s['x-order'] : Infinity)
  const all = Object.entries(params ?? {}).sort(([a, x], [b, y]) => order(x) - order(y) || (a < b ? -1 : 1))
  return { type: 'object', properties: Object.fromEntries(all), required: all.filter(([, s]) => s['x-required'] === true).map(([name]) => name) }
}
