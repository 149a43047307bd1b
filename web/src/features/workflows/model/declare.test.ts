import { expect, it } from 'vitest'
import { bothWords, conceal, expose, exposedAs, freeName, promote, usesOf, withdraw, workflowSchema } from './declare'
import { applyAll } from './edits'
import { workflow } from './testing'

const label = { en: 'How many', 'zh-CN': '数量' }

it('a value of a step becomes a parameter with that value as its default, and back', () => {
  const w = workflow('a=source b=sample a>b')
  w.nodes.b = { ...w.nodes.b!, params: { rows: 50 } }
  const schema = { type: 'integer', minimum: 1, default: 100, 'x-when': { param: 'how', in: ['rows'] }, 'x-column': { port: 'table' } }
  const shown = applyAll(w, promote(w, 'b', 'rows', schema, label)).workflow
  expect(shown.params).toEqual({ rows: { type: 'integer', minimum: 1, default: 50, 'x-label': label, 'x-order': 0 } })
  expect(shown.nodes.b?.params).toEqual({ rows: { $param: 'rows' } })
  expect(usesOf(shown, 'rows')).toEqual([{ node: 'b', param: 'rows' }])
  const back = applyAll(shown, withdraw(shown, 'rows')).workflow
  expect(back.nodes.b?.params).toEqual({ rows: 50 })
  expect(back.params).toEqual({})
})

it('what has no value must be set from outside', () => {
  const w = workflow('a=sample')
  const { workflow: shown } = applyAll(w, promote(w, 'a', 'by', { type: 'string' }, label))
  expect(workflowSchema(shown.params).required).toEqual(['by'])
})

it('names are free and fit the rules of names', () => {
  expect(freeName(['rows', 'rows_2'], 'rows')).toBe('rows_3')
  expect(freeName([], '2 Big-Steps ')).toBe('big_steps')
  expect(freeName([], '数量')).toBe('value')
})

it('ports are shown to outside and hidden again; an input keeps what else it feeds', () => {
  const w = workflow('a=filter b=filter')
  const port = { name: 'table', kind: 'table' as const, label }
  const one = applyAll(w, expose(w, { node: 'a', port: 'table' }, true, port)).workflow
  expect(exposedAs(one, { node: 'a', port: 'table' }, true)).toBe('table')
  expect(exposedAs(one, { node: 'a', port: 'table' }, false)).toBe(null)
  const two = { ...one, inputs: { table: { to: [{ node: 'a', port: 'table' }, { node: 'b', port: 'table' }] } } }
  expect(applyAll(two, conceal(two, { node: 'a', port: 'table' }, true)).workflow.inputs).toEqual({ table: { to: [{ node: 'b', port: 'table' }] } })
  expect(applyAll(one, conceal(one, { node: 'a', port: 'table' }, true)).workflow.inputs).toEqual({})
})

it('parameters stand in their order', () => {
  const schema = workflowSchema({ late: { type: 'string', 'x-order': 2 }, free: { type: 'string' }, early: { type: 'string', 'x-order': 1 } })
  expect(Object.keys(schema.properties as object)).toEqual(['early', 'late', 'free'])
})

it('words in one language stand in both', () => {
  expect(bothWords({ en: 'Rows ', 'zh-CN': '' })).toEqual({ en: 'Rows', 'zh-CN': 'Rows' })
  expect(bothWords({ en: ' ', 'zh-CN': '' })).toBe(undefined)
})
