import { describe, expect, it } from 'vitest'
import type { Workflow } from '@/api/workflow'
import { elementsMaker, ends } from '../canvas/elements'
import { byNode, digest } from '../store/facts'
import { addStep, chosenNodes, connect, frameUp, freePlace, move, openInput, remove, unframe } from './changes'
import { applyAll } from './edits'
import { foldedHeight, frameBoxes, innerRef, outerPorts } from './frames'
import { NODE } from './layout'
import { assetOf, summary } from './summary'
import { catalog, signatures, workflow } from './testing'

const framed = (folded = false): Workflow => {
  const w = workflow('a=source b=filter c=filter a>b b>c')
  for (const [id, x] of [['a', 0], ['b', 310], ['c', 620]] as const) w.nodes[id] = { ...w.nodes[id]!, position: { x, y: 0 }, ...(id === 'a' ? {} : { frame: 'f' }) }
  return { ...w, frames: { f: { title: 'F', ...(folded ? { folded } : {}) } } }
}
const NOTHING = { selection: new Set<string>(), moving: null, draggable: true }

describe('frames', () => {
  it('lie around their nodes, wherever these are dragged', () => {
    const w = framed()
    const box = frameBoxes(w, () => undefined).get('f')!
    expect(box.x).toBeLessThan(310)
    expect(box.x + box.width).toBeGreaterThan(620 + NODE.width)
    const dragged = frameBoxes(w, (id) => (id === 'c' ? { x: 900, y: 400 } : undefined)).get('f')!
    expect(dragged.y + dragged.height).toBeGreaterThan(400 + NODE.height)
  })
  it('folded hide their nodes and what connects them, and stand for them elsewhere', () => {
    const w = framed(true)
    expect(elementsMaker(catalog()).nodes(w, NOTHING).map((n) => n.id).sort()).toEqual(['a', 'f'])
    const lines = Object.values(w.edges).map((e) => ends(w, e))
    expect(lines).toEqual([{ source: 'a', sourceHandle: 'table', target: 'f', targetHandle: 'b.table' }, null])
  })
  it('folded show the ports that something outside is or can be connected to', () => {
    const w = framed(true)
    const ports = outerPorts(w, catalog()).get('f')!
    expect(ports.inputs.map((p) => p.id)).toEqual(['b.table'])
    expect(ports.outputs.map((p) => p.id)).toEqual(['c.table'])
    expect(innerRef(w, { node: 'f', port: 'b.table' })).toEqual({ node: 'b', port: 'table' })
    expect(innerRef(w, { node: 'a', port: 'table' })).toEqual({ node: 'a', port: 'table' })
    const box = frameBoxes(w, () => undefined, outerPorts(w, catalog())).get('f')!
    expect(box.height).toBe(NODE.height)
    expect(foldedHeight({ inputs: Array.from({ length: 6 }, () => ports.inputs[0]!), outputs: [] })).toBeGreaterThan(NODE.height)
  })
  it('are made and dissolved, and removed with their nodes where they are folded', () => {
    const made = frameUp(workflow('a=source b=filter'), new Set(['a', 'b']), 'G')
    const w = applyAll(workflow('a=source b=filter'), made?.edits ?? []).workflow
    expect(Object.values(w.nodes).map((n) => n.frame)).toEqual([made?.id, made?.id])
    expect(applyAll(w, unframe(w, new Set(['a', 'b']))).workflow.frames).toEqual({})
    expect(Object.keys(applyAll(framed(), remove(framed(), new Set(['f']))).workflow.nodes)).toEqual(['a', 'b', 'c'])
    expect(Object.keys(applyAll(framed(true), remove(framed(true), new Set(['f']))).workflow.nodes)).toEqual(['a'])
  })
  it('chosen mean their nodes, and are moved by moving them', () => {
    expect([...chosenNodes(framed(), new Set(['f']))]).toEqual(['b', 'c'])
    const w = applyAll(framed(), move(framed(), new Set(['f']), { x: 5, y: 7 })).workflow
    expect([w.nodes.a?.position, w.nodes.c?.position]).toEqual([{ x: 0, y: 0 }, { x: 625, y: 7 }])
  })
})

it('elements that did not change stay the same objects', () => {
  const maker = elementsMaker(catalog())
  const w = framed()
  const before = new Map(maker.nodes(w, NOTHING).map((n) => [n.id, n]))
  const lines = maker.edges(w, NOTHING.selection)
  const after = maker.nodes(applyAll(w, [{ op: 'set_label', id: 'a', label: 'A' }]).workflow, NOTHING)
  expect(after.filter((n) => before.get(n.id) !== n).map((n) => n.id)).toEqual(['a'])
  expect(maker.edges(w, NOTHING.selection).every((e, i) => e === lines[i])).toBe(true)
})

it('a step knows at which side another lies so close that names of ports would cover it', () => {
  const w = workflow('a=source b=filter c=filter')
  for (const [id, x, y] of [['a', 0, 0], ['b', 240, 40], ['c', 800, 0]] as const) w.nodes[id] = { ...w.nodes[id]!, position: { x, y } }
  const near = (moving: Map<string, { x: number; y: number }> | null) => elementsMaker(catalog()).nodes(w, { ...NOTHING, moving }).map((n) => (n.type === 'step' ? n.data.near : null))
  expect(near(null)).toEqual(['right', 'left', ''])
  expect(near(new Map([['c', { x: 480, y: 0 }]]))).toEqual(['right', 'left right', 'left'])
})

it('a new step lies where nothing lies yet, and goes into the first port that takes it', () => {
  const w = framed()
  expect(freePlace(w, { x: 3, y: 2 }).y).toBeGreaterThanOrEqual(NODE.height)
  const join = signatures().find((s) => s.name === 'join')!
  const added = addStep(w, join, { x: 0, y: 300 })
  const then = applyAll(w, added.edits).workflow
  const first = openInput(then, catalog(), { node: 'a', port: 'table' }, join, added.id)
  expect(first?.port).toBe('left')
  const both = applyAll(then, [connect({ node: 'a', port: 'table' }, first!)]).workflow
  expect(openInput(both, catalog(), { node: 'a', port: 'table' }, join, added.id)?.port).toBe('right')
})

it('a step says in a line what was set', () => {
  const [en, zh] = [(t: { en: string }) => t.en, (t: { 'zh-CN': string }) => t['zh-CN']]
  const filter = signatures().find((s) => s.name === 'filter')
  const node = { component: { name: 'filter', version: 1 }, position: { x: 0, y: 0 }, params: { conditions: [{ column: 'amount', operator: 'at_least', value: '100' }] } }
  expect(summary(node, filter, en)).toBe('amount at least 100')
  expect(summary(node, filter, zh)).toBe('amount 不小于 100')
  expect(summary({ ...node, params: {} }, filter, en)).toBe('')
  const dataset = signatures().find((s) => s.name === 'dataset')
  expect(assetOf({ ...node, params: { dataset: 'd1' } }, dataset)).toEqual({ kind: 'dataset', id: 'd1' })
  // What is chosen is told by its name, which is not here; an id is told nobody.
  const each = signatures().find((s) => s.name === 'for-each')
  const chosen = { ...node, params: { component: 'own-c1@2', column: 'city' } }
  expect(summary(chosen, each, en)).toBe('city')
  expect(assetOf(chosen, each)).toEqual({ kind: 'component', id: 'c1' })
})

it('places and names change no result', () => {
  const w = framed()
  const same = applyAll(w, [{ op: 'move_node', id: 'a', position: { x: 9, y: 9 } }, { op: 'set_label', id: 'b', label: 'x' }, { op: 'fold_frame', id: 'f', folded: true }]).workflow
  expect(digest(same)).toBe(digest(w))
  expect(digest(applyAll(w, [{ op: 'set_param', id: 'b', param: 'combine', value: 'any' }]).workflow)).not.toBe(digest(w))
})

it('what a check found of a node stays the same object while it does not change', () => {
  const problem = (node: string, text: string) => ({ severity: 'error' as const, code: 'parameter', at: { node }, message: { en: text, 'zh-CN': text } })
  const first = byNode({ problems: [problem('a', 'x'), problem('b', 'y')], nodes: {} }, null)
  const second = byNode({ problems: [problem('a', 'x'), problem('b', 'z')], nodes: {} }, first)
  expect(second.problems.a).toBe(first.problems.a)
  expect(second.problems.b).not.toBe(first.problems.b)
})
