import { describe, expect, it } from 'vitest'
import type { Edit, Workflow } from '@/api/workflow'
import { apply, applyAll, queued } from './edits'
import { diff, isSame } from './diff'
import { NO_HISTORY, remember, take, turned } from './history'
import { toEdits } from './restore'
import { edited, open, received, reset, sent, unsent, waiting } from './session'
import { rust, someEdits, workflow } from './testing'

/** Empty tables and absent ones are the same document. */
const plain = (w: Workflow): Workflow => ({ ...w, notes: w.notes ?? {}, frames: w.frames ?? {}, params: w.params ?? {}, inputs: w.inputs ?? {}, outputs: w.outputs ?? {} })
const start = () => workflow('a=source b=filter c=join d=filter a>b b>c.left a>c.right')

describe('edits', () => {
  it('are undone by what they give back, whatever they were', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const before = start()
      const { workflow: after, undo } = applyAll(before, someEdits(seed, 25))
      expect(plain(applyAll(after, undo).workflow), `seed ${seed}`).toEqual(plain(before))
    }
  })
  it('never leave a connection, frame or exposed port without its node', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const w = applyAll(start(), someEdits(seed, 60)).workflow
      for (const e of Object.values(w.edges)) expect([e.from.node in w.nodes, e.to.node in w.nodes]).toEqual([true, true])
      for (const n of Object.values(w.nodes)) if (n.frame) expect(w.frames).toHaveProperty(n.frame)
      for (const i of Object.values(w.inputs ?? {})) expect(i.to.length > 0 && i.to.every((t) => t.node in w.nodes)).toBe(true)
      for (const o of Object.values(w.outputs ?? {})) expect(w.nodes).toHaveProperty(o.from.node)
    }
  })
  it('leave what they don’t touch the very same object, so that it is not drawn again', () => {
    const before = start()
    const after = apply(before, { op: 'move_node', id: 'a', position: { x: 5, y: 5 } }).workflow
    expect(after.nodes.b).toBe(before.nodes.b)
    expect(after.edges).toBe(before.edges)
    expect(before.nodes.a?.position).toEqual({ x: 0, y: 0 })
  })
  it('are the ones that the server knows, no more and no fewer', () => {
    const names = [...rust('tandem-flow/src/graph/edit.rs').matchAll(/^ {4}(\w+) \{$/gm)].map((m) => (m[1] ?? '').replace(/[A-Z]/g, (c, at: number) => (at ? '_' : '') + c.toLowerCase()))
    const here = new Set(Array.from({ length: 40 }, (_, i) => someEdits(i + 1, 60)).flat().map((e) => e.op as string))
    expect(names.filter((n) => n !== 'set_component').sort()).toEqual([...here].sort())
    expect(names).toContain('set_component')
  })
  it('of one field wait as one, in an order that gives the same document', () => {
    const move = (x: number): Edit => ({ op: 'move_node', id: 'a', position: { x, y: 0 } })
    expect(queued([], [move(1), move(2), move(3)])).toEqual([move(3)])
    for (let seed = 1; seed <= 200; seed += 1) {
      const edits = someEdits(seed, 40)
      expect(plain(applyAll(start(), queued([], edits)).workflow), `seed ${seed}`).toEqual(plain(applyAll(start(), edits).workflow))
    }
  })
})

describe('a session', () => {
  it('shows changes at once and keeps them until the server has them', () => {
    let s = open(start(), 7)
    s = edited(s, [{ op: 'set_label', id: 'a', label: 'mine' }]).session
    expect(s.shown.nodes.a?.label).toBe('mine')
    s = sent(s)
    s = edited(s, [{ op: 'set_label', id: 'b', label: 'later' }]).session
    expect([s.sending.length, s.queue.length]).toEqual([1, 1])
    s = unsent(s)
    expect([s.sending.length, s.queue.length, waiting(s)]).toEqual([0, 2, 2])
    s = sent(s)
    s = received(s, s.sending, 9, true)
    expect([waiting(s), s.revision, s.shown.nodes.b?.label]).toEqual([0, 9, 'later'])
    expect(s.shown).toEqual(s.confirmed)
  })
  it('takes in the changes of others under its own', () => {
    let s = sent(edited(open(start(), 1), [{ op: 'set_label', id: 'a', label: 'mine' }]).session)
    s = received(s, [{ op: 'set_label', id: 'a', label: 'theirs' }, { op: 'set_label', id: 'b', label: 'theirs' }], 3, false)
    expect([s.shown.nodes.a?.label, s.shown.nodes.b?.label]).toEqual(['mine', 'theirs'])
    expect(received(s, [{ op: 'remove_node', id: 'a' }], 3, false)).toBe(s)
  })
  it('ends with the document of the server, in whatever order two people work', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const [mine, theirs] = [someEdits(seed, 12), someEdits(seed + 500, 12)]
      let s = sent(edited(open(start(), 0), mine).session)
      const server = applyAll(applyAll(start(), theirs).workflow, s.sending).workflow
      s = received(s, theirs, 12, false)
      s = received(s, s.sending, 24, true)
      expect(plain(s.shown), `seed ${seed}`).toEqual(plain(server))
    }
  })
  it('begins again from the server without losing what waits', () => {
    let s = edited(open(start(), 1), [{ op: 'set_label', id: 'a', label: 'mine' }]).session
    s = reset(s, workflow('a=source z=filter'), 40, false)
    expect([s.shown.nodes.a?.label, 'z' in s.shown.nodes, 'b' in s.shown.nodes, s.revision]).toEqual(['mine', true, false, 40])
  })
})

describe('undo', () => {
  const label = (text: string | null): Edit => ({ op: 'set_label', id: 'a', label: text })
  it('takes typing back in one step, and other things one by one', () => {
    let h = remember(NO_HISTORY, [label(null)], 0)
    h = remember(h, [label('M')], 200)
    h = remember(h, [{ op: 'remove_node', id: 'x' }], 300)
    expect(h.undo.map((step) => step.edits)).toEqual([[label(null)], [{ op: 'remove_node', id: 'x' }]])
    expect(remember(h, [{ op: 'remove_node', id: 'y' }], 301).undo).toHaveLength(3)
  })
  it('goes back and forth', () => {
    const before = start()
    const one = applyAll(before, [{ op: 'remove_node', id: 'b' }])
    const h = remember(NO_HISTORY, one.undo, 0)
    const taken = take(h, 'undo')
    const back = applyAll(one.workflow, taken?.step.edits ?? [])
    expect(plain(back.workflow)).toEqual(plain(before))
    const again = take(turned(taken?.rest ?? NO_HISTORY, 'undo', back.undo), 'redo')
    expect(plain(applyAll(back.workflow, again?.step.edits ?? []).workflow)).toEqual(plain(one.workflow))
  })
})

it('two versions differ by what was done between them', () => {
  const before = start()
  const after = applyAll(before, [
    { op: 'add_node', id: 'n', node: { component: { name: 'sort', version: 1 }, position: { x: 0, y: 0 } } },
    { op: 'remove_node', id: 'd' },
    { op: 'set_param', id: 'b', param: 'combine', value: 'any' },
    { op: 'move_node', id: 'a', position: { x: 400, y: 0 } },
    { op: 'connect', id: 'e9', edge: { from: { node: 'b', port: 'table' }, to: { node: 'n', port: 'table' } } },
  ]).workflow
  const d = diff(before, after)
  expect(d).toMatchObject({ added: ['n'], removed: ['d'], moved: ['a'], changed: { b: { params: { combine: { from: null, to: 'any' } } } } })
  expect(d.edges).toEqual({ added: ['e9'], removed: [], changed: [] })
  expect(isSame(d)).toBe(false)
  expect(isSame(diff(after, structuredClone(after)))).toBe(true)
})

it('a version is restored by edits, whatever lies between', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const now = applyAll(start(), someEdits(seed, 30)).workflow
    const wanted = applyAll(start(), someEdits(seed + 900, 30)).workflow
    expect(isSame(diff(applyAll(now, toEdits(now, wanted)).workflow, wanted)), `seed ${seed}`).toBe(true)
  }
})
