import { describe, expect, it } from 'vitest'
import { firstChoice, offered, ROWS, roleOf, settledChoice, type Rows } from './chart'
import { asDays, binned, drawn, type Words } from './drawn'

const table = (columns: Record<string, string>, rows: unknown[][]): Rows => ({ columns: Object.entries(columns).map(([name, type]) => ({ name, type })), rows })
const words: Words = { rows: 'number of rows', empty: 'null', total: (how, column) => `${how} of ${column}` }
const shops = table({ day: 'date', city: 'text', amount: 'number', store_id: 'integer' }, [
  ['2024-01-01', 'A', 10, 1],
  ['2024-01-01', 'B', 20, 1],
  ['2024-01-02', 'A', 5, 2],
  ['2024-01-02', null, null, 2],
])
const without = (rows: Rows, ...names: string[]): Rows => {
  const keep = rows.columns.flatMap((column, at) => (names.includes(column.name) ? [] : [at]))
  return { columns: keep.map((at) => rows.columns[at]!), rows: rows.rows.map((row) => keep.map((at) => row[at])) }
}

describe('the first picture', () => {
  it('follows from the kinds of the columns', () => {
    expect(firstChoice(shops)).toEqual({ shape: 'line', x: 'day', y: 'amount', total: 'mean', by: null })
    expect(firstChoice(without(shops, 'day'))).toMatchObject({ shape: 'bar', x: 'city', y: null, total: 'rows' })
    const pairs = table({ a: 'integer', b: 'number' }, [[1, 2], [2, 3]])
    expect(firstChoice(pairs)).toMatchObject({ shape: 'scatter', x: 'a', y: 'b' })
    expect(firstChoice(without(pairs, 'b'))).toMatchObject({ shape: 'histogram', x: 'a' })
    expect(firstChoice(table({ raw: 'binary' }, [['x']]))).toBeNull()
  })
  it('shows a number that was summed up before as it is', () => {
    expect(firstChoice(table({ city: 'text', sales: 'number' }, [['A', 1], ['B', 2]]))).toMatchObject({ shape: 'bar', x: 'city', y: 'sales', total: 'sum' })
  })
  it('takes no id for a number and no name of single rows for a category', () => {
    expect(roleOf({ name: 'store_id', type: 'integer' })).toBe('category')
    const people = table({ customer_id: 'integer', name: 'text', age: 'integer' }, Array.from({ length: 80 }, (_, i) => [i, `n${i}`, i % 40]))
    expect(firstChoice(people)).toMatchObject({ shape: 'histogram', x: 'age' })
  })
})

describe('a choice', () => {
  const first = firstChoice(shops)
  it('that the columns allow counts, another one is as at first', () => {
    expect(settledChoice(shops.columns, first, { shape: 'bar', x: 'city', y: 'amount', total: 'sum', by: 'store_id' })).toEqual({ shape: 'bar', x: 'city', y: 'amount', total: 'sum', by: 'store_id' })
    expect(settledChoice(shops.columns, first, { x: 'gone', by: 'amount' })).toEqual(first)
    expect(settledChoice(shops.columns, first, { y: ROWS })).toMatchObject({ y: null, total: 'rows' })
    expect(settledChoice(shops.columns, first, { shape: 'scatter' })).toMatchObject({ x: 'day', y: 'amount' })
    expect(settledChoice(table({ city: 'text' }, []).columns, null, { shape: 'histogram' })).toBeNull()
  })
  it('is among what is offered', () => {
    expect(offered(shops.columns, 'line')).toEqual({ x: ['day', 'amount', 'store_id'], y: ['amount', 'store_id'], by: ['city', 'store_id'] })
    expect(offered(shops.columns, 'histogram')).toEqual({ x: ['amount', 'store_id'], y: [], by: [] })
  })
})

describe('a picture', () => {
  it('of a line has a total at each place, and counts what has none', () => {
    const made = drawn(shops, firstChoice(shops)!, words)
    expect(made?.plot).toMatchObject({ kind: 'line', x: { format: { style: 'date' } }, series: [{ name: { en: 'mean of amount' }, points: [[19723, 15], [19724, 5]] }] })
    expect(made?.left).toEqual({ empty: 1, bars: 0, colours: 0, taken: null })
  })
  it('of bars has one for each value, the empty one too, and a colour for each of another column', () => {
    const bars = drawn(shops, { shape: 'bar', x: 'city', y: null, total: 'rows', by: null }, words)
    expect(bars?.plot).toMatchObject({ categories: [{ en: 'A' }, { en: 'B' }, { en: 'null' }], series: [{ values: [2, 1, 1] }] })
    const coloured = drawn(shops, { shape: 'bar', x: 'city', y: 'amount', total: 'sum', by: 'store_id' }, words)
    expect(coloured?.plot).toMatchObject({ stacked: true, categories: [{ en: 'B' }, { en: 'A' }], series: [{ name: { en: '1' }, values: [20, 10] }, { name: { en: '2' }, values: [null, 5] }] })
  })
  it('shows the greatest of many values and says how many it left out', () => {
    const many = table({ word: 'text' }, Array.from({ length: 30 }, (_, i) => Array.from({ length: i + 1 }, () => [`w${i}`])).flat())
    const made = drawn(many, { shape: 'bar', x: 'word', y: null, total: 'rows', by: null }, words)
    expect(made?.left.bars).toBe(10)
    expect(made?.plot).toMatchObject({ categories: { 0: { en: 'w29' }, 19: { en: 'w10' } } })
  })
  it('takes times together by day, month or year where they are many', () => {
    const minutes = table({ at: 'timestamp' }, Array.from({ length: 2000 }, (_, i) => [new Date(Date.UTC(2024, 0, 1) + i * 60_000 * 30).toISOString()]))
    const made = drawn(minutes, { shape: 'line', x: 'at', y: null, total: 'rows', by: null }, words)
    expect(made?.plot.kind === 'line' && made.plot.series[0]?.points.slice(0, 2)).toEqual([[19723, 48], [19724, 48]])
    expect(made?.left.taken).toBe('day')
  })
  it('of points has pairs alone', () => {
    const made = drawn(table({ a: 'number', b: 'decimal(10,2)' }, [[1, '2.50'], [null, '1'], [2, 'x']]), { shape: 'scatter', x: 'a', y: 'b', total: 'rows', by: null }, words)
    expect(made?.plot).toMatchObject({ series: [{ name: { en: 'b' }, points: [[1, 2.5]] }] })
    expect(made?.left.empty).toBe(2)
  })
  it('of nothing is none', () => expect(drawn(table({ a: 'number' }, [[null]]), { shape: 'histogram', x: 'a', y: null, total: 'rows', by: null }, words)).toBeNull())
})

it('bars of a distribution hold every value once, between round ends', () => {
  expect(binned([1, 2, 2, 3])).toEqual({ edges: [1, 2, 3, 4], counts: [1, 2, 1] })
  for (const values of [[0.1, 0.2, 0.7], [5], [-3, 1_000_000], Array.from({ length: 999 }, (_, i) => i * 0.37)]) {
    const made = binned(values)!
    expect(made.counts.reduce((a, b) => a + b)).toBe(values.length)
    expect(made.edges[0]).toBeLessThanOrEqual(Math.min(...values))
    expect(made.edges.at(-1)).toBeGreaterThanOrEqual(Math.max(...values))
    expect(made.counts.length).toBeLessThanOrEqual(60)
  }
  expect(binned([])).toBeNull()
})

it('a time without a zone is taken as it stands', () => {
  expect([asDays('1970-01-02'), asDays('1970-01-02T12:00:00'), asDays('1970-01-02 12:00:00'), asDays('1970-01-02T12:00:00+08:00'), asDays(null)]).toEqual([1, 1.5, 1.5, 1 + 4 / 24, null])
})
