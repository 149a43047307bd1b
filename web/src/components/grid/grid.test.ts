import { describe, expect, it } from 'vitest'
import { guessWidth, plain, shown } from './cells'
import { arraySource, sortedOrder } from './source'
import { rangeOf, tsv } from './useSelection'
import { MAX_HEIGHT, ROW_HEIGHT, rowWindow, scrollToShow } from './window'

describe('the window over the rows', () => {
  it('draws what is in sight and a little more', () => {
    const w = rowWindow(1000, 280, 560, 0)
    expect([w.first, w.last]).toEqual([10, 30])
    expect(w.top).toBe(280)
  })
  it.each([1_000_000, 5_000_000, 40_000_000])('reaches the last of %i rows within what a browser can lay out', (rows) => {
    const view = 700
    const { height } = rowWindow(rows, 0, view)
    expect(height).toBeLessThanOrEqual(MAX_HEIGHT)
    const end = rowWindow(rows, height - view, view)
    expect(end.last).toBe(rows)
    // The last row ends where the box ends.
    expect(end.top + (end.last - end.first) * ROW_HEIGHT).toBeCloseTo(height, 3)
  })
  it('scrolls so that a row comes into sight, and only then', () => {
    expect(scrollToShow(5, 1_000_000, 0, 700)).toBeNull()
    const to = scrollToShow(999_999, 1_000_000, 0, 700)
    expect(rowWindow(1_000_000, to ?? 0, 700).last).toBe(1_000_000)
  })
})

const source = arraySource(
  [{ name: 'n', type: 'integer' }, { name: 's', type: 'text' }],
  [[3, 'b'], [null, 'a10'], [1, 'a9'], [3, null]],
)

describe('sorting', () => {
  it('keeps equal rows in order and puts nulls last either way', () => {
    expect([...sortedOrder(source, 0, 'asc')]).toEqual([2, 0, 3, 1])
    expect([...sortedOrder(source, 0, 'desc')]).toEqual([0, 3, 2, 1])
  })
  it('of text reads the numbers in it', () => {
    expect([...sortedOrder(source, 1, 'asc')]).toEqual([2, 1, 0, 3])
  })
})

describe('copying', () => {
  it('gives tab-separated text in the order on screen', () => {
    const range = rangeOf({ row: 1, position: 1 }, { row: 0, position: 0 })
    expect(tsv(source, null, [0, 1], range)).toBe('3\tb\n\ta10')
    expect(tsv(source, Uint32Array.of(2, 0, 3, 1), [1, 0], range)).toBe('a9\t1\nb\t3')
  })
  it('keeps a cell a cell', () => {
    const dirty = arraySource([{ name: 's', type: 'text' }], [['a\tb\nc']])
    expect(tsv(dirty, null, [0], rangeOf({ row: 0, position: 0 }, { row: 0, position: 0 }))).toBe('a b c')
  })
})

describe('cells', () => {
  it('show numbers for reading and copy them exactly', () => {
    expect(shown('en', 1234567.891, 'number')).toBe('1,234,567.89')
    expect(plain(1234567.891)).toBe('1234567.891')
    expect(shown('en', 9007199254740993n, 'integer')).toBe('9,007,199,254,740,993')
    expect(shown('en', '9007199254740993', 'integer')).toBe('9,007,199,254,740,993')
  })
  it('show identifiers as they are', () => {
    expect(shown('en', 1024877, 'integer', 'product_id')).toBe('1024877')
    expect(shown('en', 2024, 'integer', 'year')).toBe('2024')
    expect(shown('en', 1024877, 'integer', 'quantity')).toBe('1,024,877')
  })
  it('show moments without noise', () => {
    expect(shown('en', '2017-04-09T19:35:21.000000Z', 'timestamp')).toBe('2017-04-09 19:35:21Z')
    expect(shown('en', new Date('2017-04-09T00:00:00Z'), 'date')).toBe('2017-04-09')
  })
  it('have room for wide characters', () => {
    expect(guessWidth('客户编号客户编号', 'text', [])).toBeGreaterThan(guessWidth('abcdefgh', 'text', []))
  })
})
