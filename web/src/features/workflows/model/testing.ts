// For tests: workflows written in a line, and the signatures that ship.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Edit, Signature, Workflow } from '@/api/workflow'
import { catalogOf } from './connect'

const CRATES = join(import.meta.dirname, '../../../../../crates')
export const rust = (path: string) => readFileSync(join(CRATES, path), 'utf8')

/** The signatures of the components that ship. */
export function shipped(): Signature[] {
  return ['data', 'clean', 'shape', 'look', 'learn', 'flow'].flatMap((part) => {
    const folder = join(CRATES, 'tandem-components/src', part)
    return readdirSync(folder).filter((f) => f.endsWith('.json')).map((f) => ({ inputs: [], outputs: [], params: {}, ...(JSON.parse(readFileSync(join(folder, f), 'utf8')) as Partial<Signature>) }) as Signature)
  })
}

const text = (word: string) => ({ en: word, 'zh-CN': word })
const source: Signature = {
  name: 'source', version: 1, kind: 'builtin', category: 'data', title: text('source'), summary: text(''), inputs: [], params: {},
  outputs: [{ name: 'table', kind: 'table', label: text('Rows') }, { name: 'model', kind: 'model', label: text('Model') }],
}
export const signatures = () => [source, ...shipped()]
export const catalog = () => catalogOf(signatures())

/** `a=source b=filter a>b c=join b>c.left`: nodes, then connections. */
export function workflow(line: string): Workflow {
  const w: Workflow = { format: 1, nodes: {}, edges: {} }
  for (const word of line.split(/\s+/).filter(Boolean)) {
    if (word.includes('=')) {
      const [id = '', name = ''] = word.split('=')
      w.nodes[id] = { component: { name, version: 1 }, position: { x: Object.keys(w.nodes).length * 10, y: 0 } }
      continue
    }
    const [from, to] = word.split('>').map((end) => end.split('.'))
    w.edges[`e${Object.keys(w.edges).length + 1}`] = { from: { node: from?.[0] ?? '', port: from?.[1] ?? 'table' }, to: { node: to?.[0] ?? '', port: to?.[1] ?? 'table' } }
  }
  return w
}

/** Edits chosen by chance, some of them of things that are gone. */
export function someEdits(seed: number, count: number): Edit[] {
  let state = seed
  const random = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % n
  }
  const id = () => 'abcdxyz'[random(7)] ?? 'a'
  const make: (() => Edit)[] = [
    () => ({ op: 'add_node', id: id(), node: { component: { name: 'filter', version: 1 }, position: { x: random(90), y: 0 }, ...(random(2) ? { frame: `f${random(3)}` } : {}) } }),
    () => ({ op: 'remove_node', id: id() }),
    () => ({ op: 'move_node', id: id(), position: { x: random(900), y: random(900) } }),
    () => ({ op: 'set_param', id: id(), param: `p${random(3)}`, value: random(3) ? random(5) : null }),
    () => ({ op: 'set_label', id: id(), label: random(2) ? `L${random(4)}` : null }),
    () => ({ op: 'set_node_note', id: id(), note: random(2) ? 'why' : null }),
    () => ({ op: 'set_seed', id: id(), seed: random(2) ? random(9) : null }),
    () => ({ op: 'set_frame', id: id(), frame: random(2) ? `f${random(3)}` : null }),
    () => ({ op: 'connect', id: `e${random(6)}`, edge: { from: { node: id(), port: 'table' }, to: { node: id(), port: 'table' } } }),
    () => ({ op: 'disconnect', id: `e${random(6)}` }),
    () => ({ op: 'reorder', id: `e${random(6)}`, order: random(3) }),
    () => ({ op: 'add_note', id: `t${random(3)}`, note: { text: 'n', position: { x: 0, y: 0 } } }),
    () => ({ op: 'remove_note', id: `t${random(3)}` }),
    () => ({ op: 'set_note_text', id: `t${random(3)}`, text: `w${random(3)}` }),
    () => ({ op: 'move_note', id: `t${random(3)}`, position: { x: random(50), y: 1 }, size: random(2) ? { width: 9, height: 9 } : null }),
    () => ({ op: 'add_frame', id: `f${random(3)}`, frame: { title: 'F' } }),
    () => ({ op: 'remove_frame', id: `f${random(3)}` }),
    () => ({ op: 'set_frame_title', id: `f${random(3)}`, title: `T${random(3)}` }),
    () => ({ op: 'fold_frame', id: `f${random(3)}`, folded: random(2) === 1 }),
    () => ({ op: 'declare_param', name: `q${random(2)}`, schema: random(2) ? { type: 'integer' } : null }),
    () => ({ op: 'expose_input', name: `i${random(2)}`, input: random(3) ? { to: [{ node: id(), port: 'table' }, { node: id(), port: 'table' }] } : null }),
    () => ({ op: 'expose_output', name: `o${random(2)}`, output: random(3) ? { from: { node: id(), port: 'table' } } : null }),
  ]
  return Array.from({ length: count }, () => (make[random(make.length)] as () => Edit)())
}
