// What a step does, in a few words, from what was set.
import type { FlowNode, Signature, Text } from '@/api/workflow'
import { assetKind } from '@/components/form/params'

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const PARTS = 3

function value(schema: Json, v: unknown, words: (text: Text) => string): string {
  if (v === null || v === undefined || v === '') return ''
  // The id of an asset says nothing to a reader; whoever knows its name says that beside this.
  if (assetKind(schema) !== null) return ''
  if (typeof v === 'boolean') return ''
  if (Array.isArray(v)) {
    const items = v.map((item) => value(isObject(schema.items) ? schema.items : {}, item, words)).filter(Boolean)
    return items.length > PARTS ? `${items.slice(0, PARTS).join(', ')} …` : items.join(', ')
  }
  if (isObject(v)) {
    if (typeof v.$param === 'string') return v.$param
    const parts = isObject(schema.properties) ? schema.properties : {}
    return Object.entries(v).map(([name, part]) => value(isObject(parts[name]) ? parts[name] : {}, part, words)).filter(Boolean).join(' ')
  }
  const label = isObject(schema['x-enum-labels']) ? schema['x-enum-labels'][String(v)] : undefined
  return isObject(label) && typeof label.en === 'string' ? words(label as unknown as Text) : String(v)
}

/** The settings that were made, as one line; empty where none was. */
export function summary(node: FlowNode, signature: Signature | undefined, words: (text: Text) => string): string {
  const properties = isObject(signature?.params.properties) ? signature.params.properties : {}
  const roles = (signature?.inputs ?? []).flatMap((p) => p.roles ?? []).map((r) => r.name)
  return [...roles, ...Object.keys(properties)]
    .map((name) => value(isObject(properties[name]) ? properties[name] : {}, node.params?.[name], words))
    .filter(Boolean)
    .slice(0, 2)
    .join(' · ')
}

/** The dataset, model or component that a step chooses, where it is one that does. */
export function assetOf(node: FlowNode, signature: Signature | undefined): { kind: string; id: string } | null {
  const properties = isObject(signature?.params.properties) ? signature.params.properties : {}
  for (const [name, schema] of Object.entries(properties)) {
    const set = node.params?.[name]
    const kind = isObject(schema) ? assetKind(schema) : null
    if (kind !== null && typeof set === 'string') return { kind, id: kind === 'component' ? (/^own-([^@]+)@/.exec(set)?.[1] ?? set) : set }
  }
  return null
}
