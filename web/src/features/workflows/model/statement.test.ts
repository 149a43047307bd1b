import { expect, it } from 'vitest'
import type { Signature } from '@/api/workflow'
import { asKind, declared, kindOf, manifest, namedIn, newStatement, PARAM_KINDS, slug, statementOf, undeclared } from './statement'

it('parameters are read outside of quotes and comments', () => {
  expect(namedIn(`SELECT {{ by }}, '{{no}}', "{{no}}" -- {{no}}\nFROM t /* {{no}} */ WHERE x > {{least}} AND y > {{least}}`)).toEqual(['by', 'least'])
})

it('what is named and not declared is offered', () => {
  const s = { ...newStatement(), sql: 'SELECT {{by}} FROM orders LIMIT {{most}}' }
  expect(undeclared(s)).toEqual(['by', 'most'])
  expect(undeclared({ ...s, params: [declared('by', 'column', 'orders')] })).toEqual(['most'])
})

it('a kind is kept by its schema, with the words', () => {
  for (const kind of PARAM_KINDS) {
    const made = asKind(declared('x', 'text', 'orders'), kind, 'orders')
    expect(kindOf(made)).toBe(kind)
    expect(made.schema['x-label']).toEqual({ en: 'x', 'zh-CN': 'x' })
  }
})

it('a version that is there comes back whole', () => {
  const s = { ...newStatement(), name: 'best', title: { en: 'Best', 'zh-CN': '最佳' }, summary: { en: 'B', 'zh-CN': '最' }, params: [declared('by', 'columns', 'orders')] }
  const json = manifest(s)
  expect(json).toMatchObject({ name: 'best', kind: 'sql', params: { required: ['by'] }, inputs: [{ name: 'orders', kind: 'table' }] })
  expect(manifest(statementOf('best', json as unknown as Signature, s.sql))).toEqual(json)
})

it('a name comes from the English title', () => {
  expect([slug('Best Customers!'), slug('2nd try'), slug('客户')]).toEqual(['best-customers', 'nd-try', ''])
  expect(manifest({ ...newStatement(), title: { en: '客户', 'zh-CN': '客户' } }).name).toBe('statement')
})
