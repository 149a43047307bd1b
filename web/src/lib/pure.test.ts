import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toConditions, toFilter, type Condition } from './filter'
import { depths, layers } from './layers'
import { colour, PALETTE } from './palette'
import { timeLeft } from './progress'
import { can } from './rights'
import { quoteName } from './sql'
import { isNumeric, typeKind } from './types'
import { files, urls } from './urls'

describe('addresses', () => {
  it('leave out what is not set and escape what is', () => {
    expect(urls.dataset('p1', 'a1', { tab: 'rows', v: undefined })).toBe('/projects/p1/data/a1?tab=rows')
    expect(urls.explore('p1', { sql: 'SELECT 1\nFROM "a&b"' })).toBe('/projects/p1/explore?sql=SELECT+1%0AFROM+%22a%26b%22')
    expect(urls.scenario('p1', 'a/b')).toBe('/projects/p1/scenarios/a%2Fb')
    expect(files.report('r', 'pdf', 'zh-CN')).toBe('/api/v1/runs/r/report.pdf?lang=zh-CN')
  })
})

describe('the palette', () => {
  it('is the one of crates/tandem-report', () => {
    const rust = readFileSync(`${import.meta.dirname}/../../../crates/tandem-report/src/palette.rs`, 'utf8')
    for (const mode of ['light', 'dark'] as const) {
      const line = new RegExp(`${mode.toUpperCase()}: \\[u32; 8\\] = \\[([^\\]]+)\\]`).exec(rust)?.[1] ?? ''
      expect(line.split(',').map((c) => c.trim().replace('0x', '#'))).toEqual([...PALETTE[mode]])
    }
  })
  it('goes round, so that every index has a colour', () => {
    expect(colour('light', 8)).toBe(PALETTE.light[0])
    expect(colour('dark', -1)).toBe(PALETTE.dark[7])
  })
})

describe('abilities', () => {
  it('are the actions that the server names', () => {
    const guest = { actions: ['discover', 'list_members', 'run', 'write_code'] }
    expect(can(guest, 'writeCode')).toBe(true)
    expect(can(guest, 'create')).toBe(false)
    expect(can({ actions: ['manage_members'] }, 'manageMembers')).toBe(true)
    expect(can(undefined, 'run')).toBe(false)
  })
})

describe('lineage', () => {
  const edges = [{ from: 'a', to: 'r' }, { from: 'b', to: 'r' }, { from: 'r', to: 'c' }, { from: 'a', to: 'c' }]
  it('puts everything right of what it was made from', () => {
    const at = depths(['c', 'r', 'b', 'a'], edges)
    expect([at.get('a'), at.get('b'), at.get('r'), at.get('c')]).toEqual([0, 0, 1, 2])
    expect(layers(['c', 'r', 'b', 'a'], edges).map((l) => l.length)).toEqual([2, 1, 1])
  })
  it('ends on a cycle', () => {
    expect(layers(['a', 'b'], [{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }]).flat().sort()).toEqual(['a', 'b'])
  })
})

describe('row filters', () => {
  const conditions: Condition[] = [
    { column: 'region', operator: 'in', values: ['north', 'south'] },
    { column: 'amount', operator: 'ge', value: '10' },
    { column: 'email', operator: 'not_null' },
  ]
  it('come back as the conditions they were made from', () => {
    const filter = toFilter(conditions, (c) => c === 'amount')
    expect(filter).toMatchObject({ op: 'and', filters: [{ op: 'in' }, { op: 'compare', is: 'ge', value: 10 }, { op: 'not' }] })
    expect(toConditions(filter)).toEqual(conditions)
  })
  it('of another shape are not taken apart', () => {
    expect(toConditions({ op: 'or', filters: [] })).toBeNull()
    expect(toConditions(null)).toEqual([])
    expect(toFilter([], () => false)).toBeNull()
  })
})

it('names are quoted where SQL needs it', () => {
  expect(quoteName('orders_2024')).toBe('orders_2024')
  expect(quoteName('Orders')).toBe('"Orders"')
  expect(quoteName('select')).toBe('"select"')
  expect(quoteName('a"b')).toBe('"a""b"')
  expect(quoteName('会员')).toBe('"会员"')
})

it('types are known by both the words of the interface and those of Arrow', () => {
  for (const name of ['integer', 'Int64', 'UInt8']) expect(typeKind(name)).toBe('integer')
  for (const name of ['number', 'float64', 'decimal(18,2)', 'Decimal128(10, 2)']) expect(typeKind(name)).toBe('decimal')
  for (const name of ['text', 'Utf8', 'LargeUtf8']) expect(typeKind(name)).toBe('text')
  expect(typeKind('timestamptz')).toBe('time')
  expect(typeKind('date')).toBe('date')
  expect(typeKind('bool')).toBe('boolean')
  expect(isNumeric('text')).toBe(false)
})

it('time left follows the speed so far, and is silent while that says nothing', () => {
  const start = { at: 0, done: 0 }
  expect(timeLeft(start, { at: 2000, done: 50 }, 100)).toBe(2000)
  expect(timeLeft(start, { at: 100, done: 50 }, 100)).toBeNull()
  expect(timeLeft(start, { at: 2000, done: 50 }, null)).toBeNull()
  expect(timeLeft(start, { at: 2000, done: 0 }, 100)).toBeNull()
})
