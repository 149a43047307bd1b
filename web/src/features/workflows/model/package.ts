// What a package will show, drawn before it is made. Pure; the server decides
// (crates/tandem-flow/src/package).
import type { Choice, ChosenParam } from '@/api/packages'
import type { Port, PortRef, Signature, Text, Workflow } from '@/api/workflow'
import { componentId, type Catalog } from './connect'
import { freeName } from './declare'
import { schemaOfParam, signatureParams } from '@/components/form/params'

const signatureAt = (w: Workflow, catalog: Catalog, node: string): Signature | undefined => {
  const component = w.nodes[node]?.component
  return component && catalog.get(componentId(component))
}

/** Settings of the chosen steps that could show. */
export function openParams(w: Workflow, catalog: Catalog, choice: Choice): { node: string; param: string; label: Text }[] {
  return choice.nodes.flatMap((node) => {
    const signature = signatureAt(w, catalog, node)
    if (!signature) return []
    return signatureParams(signature).flatMap((p) => {
      const label = typeof p.field.label === 'string' ? { en: p.field.label, 'zh-CN': p.field.label } : p.field.label
      return choice.params.some((c) => c.node === node && c.param === p.name) ? [] : [{ node, param: p.name, label }]
    })
  })
}

/** Shows one more setting. */
export function withParam(choice: Choice, one: { node: string; param: string; label: Text }): Choice {
  const name = freeName(choice.params.map((p) => p.name), one.param)
  return { ...choice, params: [...choice.params, { name, node: one.node, param: one.param, label: one.label, required: false }] }
}

/** Output ports of the chosen steps that don't show. */
export function openOutputs(w: Workflow, catalog: Catalog, choice: Choice): (PortRef & { label: Text })[] {
  return choice.nodes.flatMap((node) =>
    (signatureAt(w, catalog, node)?.outputs ?? []).flatMap((port) => (choice.outputs.some((o) => o.from.node === node && o.from.port === port.name) ? [] : [{ node, port: port.name, label: port.label }])),
  )
}

export function withOutput(choice: Choice, one: PortRef & { label: Text }): Choice {
  return { ...choice, outputs: [...choice.outputs, { name: freeName(choice.outputs.map((o) => o.name), one.port), from: { node: one.node, port: one.port }, label: one.label }] }
}

function paramSchema(w: Workflow, catalog: Catalog, chosen: ChosenParam): Record<string, unknown> {
  const signature = signatureAt(w, catalog, chosen.node)
  const { 'x-when': _when, 'x-unit-from': _from, ...schema } = signature ? schemaOfParam(signature, chosen.param) : { type: 'string' }
  const set = w.nodes[chosen.node]?.params?.[chosen.param]
  const now = chosen.default ?? set ?? schema.default
  const { default: _default, ...rest } = schema
  return { ...rest, 'x-label': chosen.label, ...(chosen.help ? { 'x-help': chosen.help } : {}), ...(chosen.required || now === undefined ? {} : { default: now }) }
}

/** The signature that the choice comes to, as far as it can be told here. */
export function previewOf(w: Workflow, catalog: Catalog, choice: Choice): Signature {
  const port = (ref: PortRef | undefined, input: boolean): Port | undefined => {
    const signature = ref && signatureAt(w, catalog, ref.node)
    return (input ? signature?.inputs : signature?.outputs)?.find((p) => p.name === ref?.port)
  }
  return {
    name: choice.name, version: choice.version, kind: 'workflow', category: 'own', title: choice.title, summary: choice.summary, help: choice.help,
    inputs: choice.inputs.map((i) => ({ name: i.name, kind: port(i.to[0], true)?.kind ?? 'table', label: i.label, help: i.help })),
    outputs: choice.outputs.map((o) => ({ name: o.name, kind: port(o.from, false)?.kind ?? 'table', label: o.label, help: o.help })),
    params: {
      type: 'object',
      properties: Object.fromEntries(choice.params.map((p) => [p.name, paramSchema(w, catalog, p)])),
      required: choice.params.filter((p) => p.required).map((p) => p.name),
    },
  }
}
