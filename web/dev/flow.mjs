// What the stand-in knows of workflows: components from the crates' own
// signatures, columns followed in the rough, rows made up.
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

const folder = new URL('../../crates/tandem-components/src/', import.meta.url)
const both = (en, zh) => ({ en, 'zh-CN': zh })
const port = (name, kind, en, zh, more = {}) => ({ name, kind, label: both(en, zh), ...more })

/** Kinds of components that the crates don't hold yet. */
const OWN = [
  {
    name: 'gradient-boosting', version: 1, kind: 'builtin', category: 'learn', evaluation: 'eager', seeded: true,
    title: both('Gradient boosting', '梯度提升'), summary: both('Learns to predict a column with trees that correct one another.', '用逐步纠错的树预测一列。'),
    inputs: [port('train', 'table', 'Training rows', '训练数据', { roles: [{ name: 'target', label: both('Target', '目标列'), required: true }] }), port('test', 'table', 'Test rows', '测试数据', { optional: true })],
    params: { type: 'object', properties: {
      features: { type: 'array', items: { type: 'string' }, default: [], 'x-label': both('Features', '特征列'), 'x-help': both('All other columns where none is chosen.', '不选则使用其余各列。'), 'x-column': { port: 'train', many: true } },
      rounds: { type: 'integer', minimum: 1, maximum: 5000, default: 200, 'x-label': both('Rounds', '轮数') },
      rate: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.1, 'x-label': both('Learning rate', '学习率') },
      share: { type: 'number', minimum: 0, maximum: 1, default: 0.8, 'x-format': 'percent', 'x-label': both('Rows used in each round', '每轮抽样比例'), 'x-advanced': true },
    } },
    outputs: [port('model', 'model', 'Model', '模型'), port('report', 'report', 'Report', '评估报告')],
  },
  {
    name: 'predict', version: 1, kind: 'builtin', category: 'learn', evaluation: 'eager', seeded: false,
    title: both('Predict', '预测'), summary: both('Adds what a model predicts to each row.', '为每行加上模型的预测值。'),
    inputs: [port('model', 'model', 'Model', '模型'), port('table', 'table', 'Table', '表')], params: { type: 'object', properties: { name: { type: 'string', default: 'prediction', minLength: 1, 'x-new-column': true, 'x-label': both('Column', '列名') } } },
    outputs: [port('table', 'table', 'Rows with predictions', '带预测值的行')],
  },
  {
    name: 'condition', version: 1, kind: 'builtin', category: 'flow', evaluation: 'eager', seeded: false,
    title: both('Condition', '条件'), summary: both('Says yes or no from a number of rows.', '按行数判断是或否。'), inputs: [port('table', 'table', 'Table', '表')],
    params: { type: 'object', properties: { least: { type: 'integer', default: 1, 'x-label': both('At least so many rows', '至少多少行') } } }, outputs: [port('value', 'value', 'Yes or no', '是或否')],
  },
]

export const components = [
  ...['data', 'clean', 'shape', 'look'].flatMap((part) => readdirSync(new URL(part, folder)).filter((f) => f.endsWith('.json')).map((f) => ({ inputs: [], outputs: [], ...JSON.parse(readFileSync(new URL(`${part}/${f}`, folder), 'utf8')) }))),
  ...OWN,
]
export const signatureOf = (node) => components.find((c) => c.name === node.component.name)

/** A module of the pages, which know how edits work. */
export async function model(name) {
  const text = readFileSync(new URL(`../src/features/workflows/model/${name}.ts`, import.meta.url), 'utf8')
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } })
  return import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`)
}

const KIND = { integer: 'integer', number: 'number', text: 'text', timestamp: 'timestamp', boolean: 'boolean' }
const column = (name, kind) => ({ name, kind, nullable: true })

/** The columns of each output, from settled parameters and the columns of the inputs. */
function outputs(signature, params, inputs, tables) {
  const first = Object.values(inputs)[0]?.[0]
  const known = first?.known ?? []
  const all = (columns) => Object.fromEntries(signature.outputs.filter((o) => o.kind === 'table').map((o) => [o.name, columns]))
  const list = (value) => (Array.isArray(value) ? value : [])
  switch (signature.name) {
    case 'dataset': return all({ known: (tables[params.dataset] ?? []).map(([n, k]) => column(n, KIND[k] ?? 'other')) })
    case 'query': return all('when_run')
    case 'group': return all({ known: [...known.filter((c) => list(params.by).includes(c.name)), ...list(params.totals).map((t) => column(t.name || (t.column ? `${t.column}_${t.function}` : 'rows'), /rows|count/.test(t.function) ? 'integer' : 'number'))] })
    case 'join': return { table: { known: [...known, ...(inputs.right?.[0]?.known ?? []).filter((c) => !list(params.keys).some((k) => (k.right ?? k.left) === c.name)).map((c) => (known.some((k) => k.name === c.name) ? column(`${c.name}${params.suffix ?? '_right'}`, c.kind) : c))] }, matches: { known: [column('left_rows', 'integer'), column('pairs', 'integer')] } }
    case 'calculate': case 'window': return all({ known: [...known, ...list(params.columns).filter((c) => c.name).map((c) => column(c.name, 'number'))] })
    case 'predict': return all({ known: [...(inputs.table?.[0]?.known ?? []), column(params.name ?? 'prediction', 'number')] })
    case 'bin': return all({ known: [...known, column(params.name ?? 'bin', 'text')] })
    case 'pivot': case 'one-hot': case 'cross-table': return all('when_run')
    default: return all(first ?? { known: [] })
  }
}

/** What is wrong, and the columns everywhere. */
export function check(w, order, tables) {
  const nodes = {}
  const problems = []
  for (const id of order) {
    const node = w.nodes[id]
    const signature = signatureOf(node)
    if (!signature) {
      problems.push({ severity: 'error', code: 'missing_component', at: { node: id }, message: both(`The component ${node.component.name}@${node.component.version} is not there or was not shared with you. Choose another component.`, `组件 ${node.component.name}@${node.component.version} 不存在，或未与您共享。请改用其他组件。`) })
      continue
    }
    const before = problems.length
    const inputs = {}
    for (const p of signature.inputs) {
      const feeds = Object.values(w.edges).filter((e) => e.to.node === id && e.to.port === p.name)
      if (feeds.length === 0 && !p.optional) problems.push({ severity: 'error', code: 'missing_input', at: { node: id, port: p.name }, message: both(`Nothing is connected to “${p.label.en}”. Connect a ${p.kind}.`, `“${p.label['zh-CN']}”尚未连接，请接入一个${{ table: '表', model: '模型', report: '报告', value: '值' }[p.kind]}。`) })
      if (p.kind === 'table' && feeds.length) inputs[p.name] = feeds.map((e) => nodes[e.from.node]?.outputs[e.from.port] ?? 'when_run')
    }
    const properties = { ...Object.fromEntries(signature.inputs.flatMap((p) => (p.roles ?? []).map((r) => [r.name, { 'x-label': r.label, 'x-column': { port: p.name } }]))), ...signature.params.properties }
    const required = [...signature.inputs.flatMap((p) => (p.roles ?? []).filter((r) => r.required).map((r) => r.name)), ...(signature.params.required ?? [])]
    const params = { ...Object.fromEntries(Object.entries(properties).filter(([, s]) => s.default !== undefined).map(([n, s]) => [n, s.default])), ...node.params }
    for (const name of required) if (params[name] === undefined) problems.push({ severity: 'error', code: 'parameter', reason: 'missing', at: { node: id, param: name }, message: both(`“${properties[name]?.['x-label']?.en ?? name}” is needed. Set it.`, `“${properties[name]?.['x-label']?.['zh-CN'] ?? name}”必填，请填写。`) })
    const visit = (schema, value, path) => {
      if (value === undefined || value === null || !schema) return
      const choice = schema['x-column']
      const there = choice && inputs[choice.port]?.[0]?.known
      if (there) for (const [i, name] of [value].flat().entries()) if (!there.some((c) => c.name === name)) problems.push({ severity: 'error', code: 'missing_column', reason: 'unknown_column', at: { node: id, param: Array.isArray(value) ? `${path}[${i}]` : path }, message: both(`There is no column “${name}” here. Choose another one.`, `这里没有列“${name}”，请另选一列。`) })
      if (choice) return
      if (Array.isArray(value)) value.forEach((v, i) => visit(schema.items, v, `${path}[${i}]`))
      else if (typeof value === 'object') for (const [n, v] of Object.entries(value)) visit(schema.properties?.[n], v, `${path}.${n}`)
    }
    for (const [name, value] of Object.entries(params)) visit(properties[name], value, name)
    nodes[id] = { params, inputs, outputs: problems.length > before ? {} : outputs(signature, params, inputs, tables) }
  }
  return { problems, nodes }
}

const CITIES = ['上海', '北京', '广州', 'Berlin', '深圳', 'Lyon']
const noise = (i, k) => Math.abs(Math.sin(i * 12.9898 + k * 78.233) * 43758.5453) % 1
export function valueOf(kind, name, i, k) {
  const u = noise(i + 1, k + name.length)
  if (u > 0.97) return null
  if (kind === 'integer') return Math.floor(u * (/(rows|count|orders)/.test(name) ? 400 : 90000)) + 1
  if (kind === 'number' || kind === 'decimal') return Math.round(u ** 2 * 400000) / 100
  if (kind === 'timestamp' || kind === 'date') return new Date(1483228800000 + Math.floor(u * 31536000) * 1000).toISOString().slice(0, kind === 'date' ? 10 : 19)
  if (kind === 'boolean') return u < 0.4
  return CITIES[Math.floor(u * CITIES.length)]
}
