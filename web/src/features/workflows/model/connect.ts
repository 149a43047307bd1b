// Whether two ports can be connected, as the line is drawn: the rules and words
// of crates/tandem-flow/src/check/connect.rs.
import type { FlowNode, Port, PortKind, PortRef, Signature, Text, Workflow } from '@/api/workflow'

type RefusalCode = 'unknown_node' | 'unknown_component' | 'unknown_port' | 'same_node' | 'kinds_differ' | 'already_connected' | 'port_taken' | 'cycle'

export interface Refusal {
  code: RefusalCode
  message: Text
}

/** Signatures by name and version. */
export type Catalog = ReadonlyMap<string, Signature>

export const componentId = (ref: { name: string; version: number }) => `${ref.name}@${ref.version}`

/** The components that a node names: its own, and one that a parameter chooses, such as what is run for each value. */
export function componentRefs(node: FlowNode): { name: string; version: number }[] {
  const chosen = Object.values(node.params ?? {}).flatMap((value) => {
    const [, name, version] = (typeof value === 'string' && /^(own-[^@]+)@(\d+)$/.exec(value)) || []
    return name && version ? [{ name, version: Number(version) }] : []
  })
  return [node.component, ...chosen]
}

export function catalogOf(signatures: readonly Signature[]): Catalog {
  return new Map(signatures.map((s) => [componentId(s), s]))
}

const KIND_WORDS: Record<PortKind, Text> = {
  table: { en: 'table', 'zh-CN': '表' },
  model: { en: 'model', 'zh-CN': '模型' },
  report: { en: 'report', 'zh-CN': '报告' },
  value: { en: 'value', 'zh-CN': '值' },
}

const refuse = (code: RefusalCode, en: string, zh: string): Refusal => ({ code, message: { en, 'zh-CN': zh } })

/** Why an output may not be connected to an input; null where it may. */
export function refusal(w: Workflow, catalog: Catalog, from: PortRef, to: PortRef): Refusal | null {
  if (from.node === to.node) return refuse('same_node', "A node can't feed itself.", '节点不能连接到自身。')
  const output = port(w, catalog, from, false)
  if ('code' in output) return output
  const input = port(w, catalog, to, true)
  if ('code' in input) return input
  const gives = KIND_WORDS[output.kind]
  const takes = KIND_WORDS[input.kind]
  if (output.kind !== input.kind)
    return refuse(
      'kinds_differ',
      `“${output.label.en}” gives a ${gives.en}, and “${input.label.en}” takes a ${takes.en}.`,
      `“${output.label['zh-CN']}”输出的是${gives['zh-CN']}，而“${input.label['zh-CN']}”需要的是${takes['zh-CN']}。`,
    )
  const taken = Object.values(w.edges).filter((edge) => edge.to.node === to.node && edge.to.port === to.port)
  const outside = Object.values(w.inputs ?? {}).some((exposed) => exposed.to.some((end) => end.node === to.node && end.port === to.port))
  if (!input.many && taken.some((edge) => edge.from.node === from.node && edge.from.port === from.port))
    return refuse('already_connected', 'These are connected already.', '它们已经连接。')
  if (!input.many && (taken.length > 0 || outside))
    return refuse(
      'port_taken',
      `“${input.label.en}” takes one ${takes.en} and has it. Remove that connection first.`,
      `“${input.label['zh-CN']}”只能接一个${takes['zh-CN']}，请先删除已有的连接。`,
    )
  if (leadsTo(w, to.node, from.node))
    return refuse('cycle', 'This would close a circle: what comes out there depends on this very node.', '这样会形成环路：上游的结果依赖于该节点自身。')
  return null
}

function port(w: Workflow, catalog: Catalog, end: PortRef, input: boolean): Port | Refusal {
  const node = w.nodes[end.node]
  if (!node) return refuse('unknown_node', 'The node was removed.', '该节点已被删除。')
  const id = componentId(node.component)
  const signature = catalog.get(id)
  if (!signature) return refuse('unknown_component', `The component ${id} is not there, so its ports are not known.`, `组件 ${id} 不存在，无法得知其端口。`)
  const found = (input ? signature.inputs : signature.outputs).find((p) => p.name === end.port)
  if (found) return found
  return refuse(
    'unknown_port',
    `“${signature.title.en}” has no ${input ? 'input' : 'output'} “${end.port}”.`,
    `“${signature.title['zh-CN']}”没有名为“${end.port}”的${input ? '输入' : '输出'}端口。`,
  )
}

/** Whether what comes out of one node reaches another. */
function leadsTo(w: Workflow, from: string, to: string): boolean {
  const next = new Map<string, string[]>()
  for (const edge of Object.values(w.edges)) next.set(edge.from.node, [...(next.get(edge.from.node) ?? []), edge.to.node])
  const seen = new Set([from])
  const open = [from]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === to) return true
    for (const behind of next.get(node) ?? []) {
      if (seen.has(behind)) continue
      seen.add(behind)
      open.push(behind)
    }
  }
  return false
}
