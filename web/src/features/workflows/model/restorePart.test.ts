import { expect, it } from 'vitest'
import type { Workflow } from '@/api/workflow'
import { diff } from './diff'
import { applyAll } from './edits'
import { restorePart, type Part } from './restorePart'
import { catalog, someEdits, workflow } from './testing'

const all = catalog()
const restored = (old: Workflow, now: Workflow, part: Part) => applyAll(now, restorePart(old, now, all, part)).workflow
const ends = (w: Workflow) => Object.values(w.edges).map((e) => `${e.from.node}>${e.to.node}`).sort()

it('one step comes back whatever was done, the others stay, and it can be undone', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const old = applyAll(workflow('a=source b=filter c=filter a>b'), someEdits(seed, 14)).workflow
    const now = applyAll(old, someEdits(seed + 5000, 14)).workflow
    for (const id of ['a', 'b', 'c', 'd']) {
      const edits = restorePart(old, now, all, { kind: 'node', id })
      const { workflow: then, undo } = applyAll(now, edits)
      expect(id in then.nodes).toBe(id in old.nodes)
      const left = diff(old, then).changed[id]
      // Only a group that is gone can't be gone back into.
      expect(left === undefined || (left.frame !== undefined && !then.frames?.[String(left.frame.from)] && Object.keys(left).length === 2), `${seed} ${id}`).toBe(true)
      for (const other of Object.keys(now.nodes)) if (other !== id) expect(then.nodes[other]).toEqual(now.nodes[other])
      expect(diff(now, applyAll(then, undo).workflow)).toEqual(diff(now, now))
    }
  }
})

it('a step that was removed comes back with its connections, but for those whose end is gone or taken', () => {
  const old = workflow('s=source f=filter g=group h=filter s>f f>g f>h')
  const now = applyAll(old, [{ op: 'remove_node', id: 'f' }, { op: 'remove_node', id: 'h' }]).workflow
  expect(ends(restored(old, now, { kind: 'node', id: 'f' }))).toEqual(['f>g', 's>f'])
  const bridged = applyAll(now, [{ op: 'connect', id: 'x', edge: { from: { node: 's', port: 'table' }, to: { node: 'g', port: 'table' } } }]).workflow
  const back = restored(old, bridged, { kind: 'node', id: 'f' })
  expect(ends(back)).toEqual(['s>f', 's>g'])
  // The connection itself takes the place of the one that is there now.
  expect(ends(restored(old, back, { kind: 'edge', id: 'e2' }))).toEqual(['f>g', 's>f'])
  expect(restorePart(old, now, all, { kind: 'edge', id: 'e2' }), 'one of its ends is gone').toEqual([])
})

it('a declared parameter gets its default back, and one that is new leaves its value at the steps', () => {
  const old = { ...workflow('a=source b=sample a>b'), params: { share: { type: 'number', default: 0.5 } } }
  const now = applyAll(old, [
    { op: 'declare_param', name: 'share', schema: { type: 'number', default: 0.7 } },
    { op: 'declare_param', name: 'rows', schema: { type: 'integer', default: 20 } },
    { op: 'set_param', id: 'b', param: 'rows', value: { $param: 'rows' } },
  ]).workflow
  expect(restored(old, now, { kind: 'param', id: 'share' }).params?.share).toEqual({ type: 'number', default: 0.5 })
  const without = restored(old, now, { kind: 'param', id: 'rows' })
  expect(without.params).toEqual({ share: { type: 'number', default: 0.7 } })
  expect(without.nodes.b?.params).toEqual({ rows: 20 })
})

it('notes, groups, inputs and outputs come back by themselves', () => {
  const old: Workflow = {
    ...workflow('a=source b=filter'),
    notes: { t: { text: 'why', position: { x: 1, y: 2 } } },
    frames: { f: { title: 'F' } },
    inputs: { rows: { to: [{ node: 'b', port: 'table' }] } },
    outputs: { kept: { from: { node: 'b', port: 'table' } } },
  }
  old.nodes.a = { ...old.nodes.a!, frame: 'f' }
  const now = applyAll(old, [
    { op: 'set_note_text', id: 't', text: 'how' }, { op: 'remove_frame', id: 'f' },
    { op: 'expose_input', name: 'rows', input: null }, { op: 'expose_output', name: 'kept', output: null },
  ]).workflow
  const parts: Part[] = [{ kind: 'note', id: 't' }, { kind: 'frame', id: 'f' }, { kind: 'input', id: 'rows' }, { kind: 'output', id: 'kept' }]
  const then = parts.reduce((w, part) => restored(old, w, part), now)
  expect(then).toEqual(old)
  expect(parts.flatMap((part) => restorePart(old, then, all, part)), 'nothing is left to be done').toEqual([])
})
