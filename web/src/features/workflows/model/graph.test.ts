import { describe, expect, it } from 'vitest'
import type { Workflow } from '@/api/workflow'
import { align, distribute } from './align'
import { copy, paste, readClip } from './clip'
import { refusal } from './connect'
import { applyAll } from './edits'
import { layout, NODE } from './layout'
import { topological } from './order'
import { sourcesOf } from './sources'
import { search } from './search'
import { catalog, rust, shipped, workflow } from './testing'

const end = (text: string) => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? 'table' })

describe('a connection', () => {
  const all = catalog()
  const w = workflow('s=source f=filter g=filter j=join u=union x=gone s>f f>g s>u.tables s>j.left')
  const code = (from: string, to: string, of: Workflow = w) => refusal(of, all, end(from), end(to))?.code ?? null
  it('is refused for the same reasons as by the server', () => {
    expect(code('s', 's')).toBe('same_node')
    expect(code('s.model', 'j.right')).toBe('kinds_differ')
    expect(code('s', 'f')).toBe('already_connected')
    expect(code('g', 'f')).toBe('port_taken')
    expect(code('s', 'x')).toBe('unknown_component')
    expect(code('zz', 'f')).toBe('unknown_node')
    expect(code('f.nope', 'j.right')).toBe('unknown_port')
    expect(code('g', 'f', { ...w, edges: { e: { from: end('f'), to: end('g') } } })).toBe('cycle')
    expect(code('f', 'j.right')).toBeNull()
    expect(code('f', 'u.tables')).toBeNull()
  })
  it('is refused where the port is fed from outside', () => {
    expect(code('f', 'j.right', { ...w, inputs: { table: { to: [end('j.right')] } } })).toBe('port_taken')
  })
  it('is refused in the words of the server', () => {
    const source = rust('tandem-flow/src/check/connect.rs')
    const plainReasons = [['s', 's'], ['s', 'f'], ['zz', 'f']].map(([a = '', b = '']) => refusal(w, all, end(a), end(b))?.message)
    for (const message of plainReasons) {
      expect(source).toContain(message?.en)
      expect(source).toContain(message?.['zh-CN'])
    }
    expect(refusal(w, all, end('s.model'), end('j.right'))?.message).toEqual({ en: '“Model” gives a model, and “Right” takes a table.', 'zh-CN': '“Model”输出的是模型，而“右表”需要的是表。' })
  })
})

describe('the layout', () => {
  const laid = (w: Workflow) => applyAll(w, layout(w, new Set())).workflow
  const overlaps = (w: Workflow) => {
    const places = Object.values(w.nodes).map((n) => n.position)
    return places.flatMap((a, i) => places.slice(0, i).filter((b) => Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height)).length
  }
  it('draws a chain as a line and a fork evenly, as the server does', () => {
    const chain = laid(workflow('a=source b=filter c=filter a>b b>c'))
    expect(Object.values(chain.nodes).map((n) => n.position)).toEqual([{ x: 0, y: 0 }, { x: 310, y: 0 }, { x: 620, y: 0 }])
    const fork = laid(workflow('a=source b=filter c=filter a>b a>c'))
    const y = (id: string) => fork.nodes[id]?.position.y ?? NaN
    expect(y('a') * 2).toBe(y('b') + y('c'))
  })
  it('puts what feeds to the left, nothing on top of anything, and moves nothing a second time', () => {
    let seed = 5
    const random = (n: number) => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % n
    for (let round = 0; round < 30; round += 1) {
      const count = 2 + random(40)
      const nodes = Array.from({ length: count }, (_, i) => `n${i}=union`).join(' ')
      const edges = Array.from({ length: count }, () => [random(count), random(count)]).filter(([a = 0, b = 0]) => a < b).map(([a, b]) => `n${a}>n${b}.tables`).join(' ')
      const w = laid(workflow(`${nodes} ${edges}`))
      expect(overlaps(w)).toBe(0)
      for (const e of Object.values(w.edges)) expect(w.nodes[e.from.node]?.position.x).toBeLessThan(w.nodes[e.to.node]?.position.x ?? 0)
      expect(layout(w, new Set())).toEqual([])
    }
  })
  it('keeps what is not chosen where it is, and lays out a circle all the same', () => {
    const w = workflow('a=source b=filter c=filter a>b b>c')
    expect(layout(w, new Set(['b', 'c'])).every((e) => 'id' in e && e.id !== 'a')).toBe(true)
    expect(overlaps(laid(workflow('u=union f=filter u>f f>u.tables')))).toBe(0)
  })
})

it('chosen nodes are put in line and evenly apart', () => {
  let w = workflow('a=source b=source c=source d=source')
  w = applyAll(w, [{ op: 'move_node', id: 'b', position: { x: 10, y: 50 } }, { op: 'move_node', id: 'c', position: { x: 200, y: 0 } }]).workflow
  const all = new Set(['a', 'b', 'c'])
  expect(distribute(w, all, 'horizontal')).toEqual([{ op: 'move_node', id: 'b', position: { x: 100, y: 50 } }])
  expect(align(w, all, 'bottom').map((e) => 'id' in e && e.id)).toEqual(['a', 'c'])
  expect(align(w, new Set(['a']), 'left')).toEqual([])
})

it('nodes come after what feeds them', () => {
  const w = workflow('c=filter b=filter a=source a>b b>c')
  expect(topological(w)).toEqual(['a', 'b', 'c'])
})

it('a step reads the datasets of all steps before it, and of none beside it', () => {
  const w = workflow('a=dataset b=dataset c=dataset j=join f=filter a>j.left b>j.right j>f')
  for (const id of ['a', 'b', 'c']) w.nodes[id] = { ...w.nodes[id]!, params: { dataset: `of ${id}` } }
  expect(sourcesOf(w, 'f').sort()).toEqual(['of a', 'of b'])
  expect(sourcesOf(w, 'c')).toEqual(['of c'])
})

describe('what is copied', () => {
  const w: Workflow = { ...workflow('a=source b=filter c=filter a>b b>c'), frames: { f: { title: 'F' } }, notes: { t: { text: 'x', position: { x: 1, y: 2 } } } }
  w.nodes.a = { ...w.nodes.a!, frame: 'f', params: { dataset: 'd' } }
  it('is pasted under new ids with its connections, frame and settings', () => {
    const clip = readClip(JSON.stringify(copy(w, new Set(['a', 'b', 't']))))
    if (!clip) throw new Error('unreadable')
    const { edits, ids } = paste(clip, { x: 500, y: 500 })
    const into = applyAll({ format: 1, nodes: {}, edges: {} }, edits).workflow
    expect(ids).toHaveLength(3)
    expect(Object.keys(into.nodes).some((id) => id in w.nodes)).toBe(false)
    expect(Object.values(into.edges)).toHaveLength(1)
    const source = Object.values(into.nodes).find((n) => n.component.name === 'source')
    expect(source).toMatchObject({ params: { dataset: 'd' }, position: { x: 500, y: 500 } })
    expect(into.frames?.[source?.frame ?? '']).toEqual({ title: 'F' })
    expect(Object.values(into.notes ?? {})).toHaveLength(1)
  })
  it('is nothing where the clipboard holds something else', () => {
    expect(readClip('hello')).toBeNull()
    expect(readClip('{"nodes":{}}')).toBeNull()
  })
})

it('components are found by words of either language, titles first', () => {
  const all = shipped()
  expect(search(all, 'join')[0]?.name).toBe('join')
  expect(search(all, '连接')[0]?.name).toBe('join')
  expect(search(all, 'fil ro').map((s) => s.name)).toContain('filter')
  expect(search(all, 'zzzz')).toEqual([])
  expect(search(all, '')).toHaveLength(all.length)
})
