import { describe, expect, it } from 'vitest'
import { counts, newItem, paramRef, problemsAt, settled, signatureParams, withField, type Param } from '@/components/form/params'
import { shipped } from './testing'

const all = shipped()
const params = (name: string): Param[] => signatureParams(all.find((s) => s.name === name)!)
const param = (name: string, of: string): Param => params(of).find((p) => p.name === name)!

describe('the forms of the components that ship', () => {
  it('have a control of its own for every parameter, with a label in both languages', () => {
    const walk = (p: Param, at: string) => {
      expect(p.kind, at).not.toBe('json')
      expect(p.field.label, at).toMatchObject({ en: expect.stringMatching(/\S/) as string, 'zh-CN': expect.stringMatching(/\S/) as string })
      p.parts.forEach((part) => walk(part, `${at}.${part.name}`))
    }
    expect(all.length).toBeGreaterThan(36)
    for (const s of all) for (const p of signatureParams(s)) walk(p, `${s.name}.${p.name}`)
  })
  it('choose columns of the port that the signature names', () => {
    expect(param('by', 'group')).toMatchObject({ kind: 'columns', column: { port: 'table' } })
    expect(param('keys', 'join').parts.map((p) => [p.name, p.kind, p.column?.port])).toEqual([['left', 'column', 'left'], ['right', 'column', 'right']])
    expect(param('column', 'date-parts').column?.kinds).toEqual(['date', 'timestamp'])
  })
  it('set up the component that is run for each value by its own form', () => {
    expect(param('component', 'for-each')).toMatchObject({ kind: 'asset', asset: 'component' })
    expect(param('params', 'for-each')).toMatchObject({ kind: 'params', of: 'component' })
    expect(param('params', 'for-each').field.label).toMatchObject({ en: 'Other parameters' })
  })
  it('choose datasets, and take statements', () => {
    expect(param('dataset', 'dataset')).toMatchObject({ kind: 'asset', asset: 'dataset' })
    expect(param('sql', 'query')).toMatchObject({ kind: 'expression', statement: true })
  })
  it('take expressions and lists', () => {
    expect(param('expression', 'filter')).toMatchObject({ kind: 'expression', expression: 'table', advanced: true })
    expect(param('rules', 'quality-check').parts.find((p) => p.name === 'values')?.kind).toBe('list')
    expect(param('totals', 'group').kind).toBe('items')
  })
  it('show a field only while it counts', () => {
    const parts = param('rules', 'quality-check').parts
    const least = parts.find((p) => p.name === 'least')!
    expect(counts(least, settled(parts, {}))).toBe(false)
    expect(counts(least, settled(parts, { check: 'between' }))).toBe(true)
  })
})

it('a new item has the choices that it would have by default', () => {
  expect(newItem(param('totals', 'group').parts)).toEqual({ function: 'sum' })
  expect(newItem(param('columns', 'calculate').parts)).toEqual({})
})

it('what is empty is taken out, and nothing else is touched', () => {
  expect(withField({ a: 1, b: 2 }, 'a', '')).toEqual({ b: 2 })
  expect(withField({ b: 2 }, 'a', 0)).toEqual({ a: 0, b: 2 })
})

it('problems are found at the field and, where asked, inside of it', () => {
  const problems = ['by', 'by[0]', 'bygone', 'totals[1].column'].map((p) => ({ at: { param: p } }))
  expect(problemsAt(problems, 'by', false)).toHaveLength(1)
  expect(problemsAt(problems, 'by', true)).toHaveLength(2)
  expect(problemsAt(problems, 'totals', true)).toHaveLength(1)
})

it('a value may come from a parameter of the workflow', () => {
  expect(paramRef({ $param: 'x' })).toBe('x')
  expect(paramRef({ $param: 'x', y: 1 })).toBeNull()
  expect(paramRef('x')).toBeNull()
})
