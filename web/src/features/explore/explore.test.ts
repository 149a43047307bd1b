import { tableFromArrays, RecordBatchStreamWriter } from 'apache-arrow'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CatalogTable } from '@/api/types'
import { arraySource } from '@/components/grid/source'
import { decimalText, runQuery, wordsToBigInt } from './arrow'
import { guess, points } from './chart'
import { suggestions, tablesNamed } from './completion'
import { errorLine } from './errorPlace'
import { remember, remembered } from './history'

const catalog: CatalogTable[] = [
  { name: 'orders', seq: 3, rows: 10, columns: [{ name: 'order_id', type: 'integer' }, { name: 'Amount', type: 'number' }] },
  { name: '会员 明细', seq: 1, rows: 10, columns: [{ name: '会员号', type: 'text' }] },
]
const labels = (before: string, sql = before) => suggestions(before, sql, catalog)?.options.map((o) => o.label)

describe('completion', () => {
  it('offers tables after FROM, and their versions after @', () => {
    expect(labels('SELECT * FROM ')).toEqual(['orders', '会员 明细'])
    expect(labels('SELECT * FROM orders@')).toEqual(['v3', 'v2', 'v1'])
    expect(labels('SELECT * FROM "会员 明细"@v')).toEqual(['v1'])
  })
  it('offers the columns of the tables named, by name and by alias', () => {
    expect(labels('SELECT o', 'SELECT o FROM orders')).toContain('order_id')
    expect(labels('SELECT o.', 'SELECT o. FROM orders@v2 AS o')).toEqual(['order_id', 'Amount'])
    expect(labels('SELECT "会员 明细".', 'SELECT "会员 明细". FROM "会员 明细"')).toEqual(['会员号'])
  })
  it('quotes what SQL would read otherwise', () => {
    const found = suggestions('SELECT o.A', 'SELECT o.A FROM orders o', catalog)
    expect(found?.options.find((o) => o.label === 'Amount')?.apply).toBe('"Amount"')
  })
  it('takes a table for named only as a whole word', () => {
    expect(tablesNamed('select * from orders_old', catalog)).toEqual([])
    expect(tablesNamed('select * from orders@v2', catalog).map((t) => t.name)).toEqual(['orders'])
  })
})

describe('charts of a result', () => {
  const sales = arraySource(
    [{ name: 'day', type: 'date' }, { name: 'region', type: 'text' }, { name: 'sales', type: 'number' }],
    [['2024-01-02', 'n', 5], ['2024-01-01', 'n', 3], ['2024-01-01', 's', null], [null, 's', 4]],
  )
  it('are guessed from the columns', () => {
    expect(guess(sales)).toEqual({ kind: 'line', x: 0, y: [2], by: 1 })
    expect(guess(arraySource([{ name: 'a', type: 'text' }], [['x']]))).toBeNull()
    expect(guess(arraySource([{ name: 'a', type: 'text' }, { name: 'n', type: 'integer' }], []))?.kind).toBe('bar')
  })
  it('gather points by series, in order of time', () => {
    const drawn = points(sales, { kind: 'line', x: 0, y: [2], by: 1 }, 'null')
    expect([drawn.time, drawn.clock]).toEqual([true, false])
    expect(drawn.series.map((s) => [s.name, s.data.map((p) => p[1])])).toEqual([['n', [3, 5]], ['s', [null]]])
  })
  it('know whether times have a time of day', () => {
    const visits = arraySource([{ name: 'at', type: 'timestamp' }, { name: 'n', type: 'integer' }], [[new Date('2024-01-01T00:00:00Z'), 1], [new Date('2024-01-01T06:30:00Z'), 2]])
    expect(points(visits, { kind: 'line', x: 0, y: [1], by: null }, 'null')).toMatchObject({ time: true, clock: true })
  })
  it('name what is null', () => {
    const drawn = points(sales, { kind: 'bar', x: 1, y: [2], by: null }, 'null')
    expect(drawn.categories).toEqual(['n', 's'])
  })
})

describe('an answer in Arrow', () => {
  afterEach(() => vi.unstubAllGlobals())
  const answer = (body: Uint8Array, headers: Record<string, string> = {}) =>
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body as unknown as BodyInit, { headers })))

  it('is read by cell, over several batches', async () => {
    const table = tableFromArrays({ n: Int32Array.from({ length: 2500 }, (_, i) => i), s: Array.from({ length: 2500 }, (_, i) => `r${i}`) })
    answer(RecordBatchStreamWriter.writeAll(table).toUint8Array(true))
    const rows = await runQuery({ projectId: 'p', sql: 'x', queryId: 'q', limit: 10, signal: new AbortController().signal, onRows: () => undefined })
    expect(rows.columns).toEqual([{ name: 'n', type: 'integer' }, { name: 's', type: 'text' }])
    expect(rows.rowCount).toBe(2500)
    expect([rows.cell(2499, 0), rows.cell(0, 1), rows.cell(1234, 1)]).toEqual([2499, 'r0', 'r1234'])
  })
  it('that is an error is thrown with its code and request id', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response(JSON.stringify({ code: 'unknown_table', message: 'No.', request_id: 'r9' }), { status: 400 })),
    )
    await expect(
      runQuery({ projectId: 'p', sql: 'x', queryId: 'q', limit: 10, signal: new AbortController().signal, onRows: () => undefined }),
    ).rejects.toMatchObject({ code: 'unknown_table', requestId: 'r9', status: 400 })
  })
  it('keeps decimals exact', () => {
    expect(decimalText(-12345n, 2)).toBe('-123.45')
    expect(decimalText(5n, 3)).toBe('0.005')
    expect(decimalText(7n, 0)).toBe('7')
    expect(wordsToBigInt(Uint32Array.of(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff))).toBe(-1n)
    expect(wordsToBigInt(Uint32Array.of(0, 1, 0, 0))).toBe(4294967296n)
  })
})

it('an error’s line is read from its message, or from the name that it quotes', () => {
  expect(errorLine('No such column (line 2, column 8)', '')).toBe(2)
  expect(errorLine('… at Line: 12, Column: 3', '')).toBe(12)
  expect(errorLine('There is no column “nope”. The columns are “a”.', 'SELECT 1,\n  nope\nFROM t')).toBe(2)
  expect(errorLine('There is no column “gone”.', 'SELECT 1')).toBeNull()
  expect(errorLine('Too slow', 'SELECT 1')).toBeNull()
})

it('history keeps a statement once, newest first', () => {
  localStorage.clear()
  const entry = (sql: string) => ({ sql, at: '2026-01-01T00:00:00Z', rows: 1, failed: false })
  remember('p', entry('a'))
  remember('p', entry('b'))
  remember('p', entry('a'))
  expect(remembered('p').map((e) => e.sql)).toEqual(['a', 'b'])
  expect(remembered('other')).toEqual([])
})
