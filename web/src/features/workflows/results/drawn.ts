// Gathers rows into the marks of a chart of a report. Pure.
import type { Axis, NumberFormat, Plot } from '@/components/report/document'
import type { Text } from '@/lib/format'
import { columnKind } from '@/lib/types'
import type { Choice, Rows, Total } from './chart'

export type Taken = 'day' | 'month' | 'year'

/** What a chart leaves out or takes together, for a note above it. */
export interface Left {
  /** Rows without a value where one is needed. */
  empty: number
  /** Values that had no place among the greatest. */
  bars: number
  /** Values that had no colour left. */
  colours: number
  /** By what times were taken together, where they are many. */
  taken: Taken | null
}

export interface Words {
  rows: string
  empty: string
  /** What the numbers of a chart are: the total of a column. */
  total: (total: Total, column: string) => string
}

const BARS = 20
const COLOURS = 8
const DAY = 86_400_000
/** Marks that a line has at the most, before its times are taken by day, month or year. */
const ALONG = 400
const BINS = 24

const count: NumberFormat = { style: 'count', decimals: 0, compact: false, currency: null, unit: null }
const amount: NumberFormat = { style: 'decimal', decimals: null, compact: false, currency: null, unit: null }
const days: NumberFormat = { style: 'date', decimals: null, compact: false, currency: null, unit: null }
const same = (text: string): Text => ({ en: text, 'zh-CN': text })
const axis = (label: string, format: NumberFormat): Axis => ({ label: same(label), format, min: null, max: null })

function asNumber(value: unknown): number | null {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** Days since 1970, with a part for the time of day; a time without a zone is taken as it stands. */
export function asDays(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const zoned = /^\d{4,}-\d\d-\d\d$/.test(value) || /(Z|[+-]\d\d:?\d\d)$/.test(value)
  const at = Date.parse(zoned ? value : `${value.replace(' ', 'T')}Z`)
  return Number.isNaN(at) ? null : at / DAY
}

/** Where a time stands when times are taken together. */
const STEPS: { taken: Taken | null; at: (at: number) => number }[] = [
  { taken: null, at: (at) => at },
  { taken: 'day', at: Math.floor },
  { taken: 'month', at: (at) => part(at, (date) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)) },
  { taken: 'year', at: (at) => part(at, (date) => Date.UTC(date.getUTCFullYear(), 0, 1)) },
]
const part = (at: number, of: (date: Date) => number) => of(new Date(at * DAY)) / DAY

/** Totals that grow as rows come. */
class Gathered {
  private rows = 0
  private sum = 0
  private low = Infinity
  private high = -Infinity
  add(value: number) {
    this.rows += 1
    this.sum += value
    this.low = Math.min(this.low, value)
    this.high = Math.max(this.high, value)
  }
  as(total: Total): number {
    switch (total) {
      case 'rows':
        return this.rows
      case 'sum':
        return this.sum
      case 'mean':
        return this.sum / this.rows
      case 'min':
        return this.low
      case 'max':
        return this.high
    }
  }
}

/** Totals by two keys, the second of which is the colour. */
class Table<K> {
  readonly cells = new Map<K, Map<string, Gathered>>()
  readonly colours = new Map<string, number>()
  add(key: K, colour: string, value: number) {
    let row = this.cells.get(key)
    if (!row) this.cells.set(key, (row = new Map()))
    let cell = row.get(colour)
    if (!cell) row.set(colour, (cell = new Gathered()))
    cell.add(value)
    this.colours.set(colour, (this.colours.get(colour) ?? 0) + 1)
  }
  /** The colours with the most rows, as many as there are colours. */
  shown(): string[] {
    return [...this.colours].sort((a, b) => b[1] - a[1]).slice(0, COLOURS).map(([name]) => name)
  }
}

/** The chart of rows, and what it leaves out; null where no row has what it takes. */
export function drawn({ columns, rows }: Rows, choice: Choice, words: Words): { plot: Plot; left: Left } | null {
  const at = (name: string | null) => columns.findIndex((column) => column.name === name)
  const [x, y, by] = [at(choice.x), at(choice.y), at(choice.by)]
  const time = ['date', 'timestamp'].includes(columnKind(columns[x]?.type ?? ''))
  const label = choice.y === null ? words.rows : words.total(choice.total, choice.y)
  const value = axis(label, choice.total === 'rows' ? count : amount)
  const name = (cell: unknown) => (cell === null || cell === undefined ? words.empty : String(cell))
  const colour = (row: readonly unknown[]) => (by < 0 ? label : name(row[by]))
  const measure = (row: readonly unknown[]) => (y < 0 ? 1 : asNumber(row[y]))
  const place = (row: readonly unknown[]) => (time ? asDays(row[x]) : asNumber(row[x]))
  const left: Left = { empty: 0, bars: 0, colours: 0, taken: null }
  const along = axis(choice.x, time ? days : amount)
  switch (choice.shape) {
    case 'histogram': {
      const values = rows.flatMap((row) => asNumber(row[x]) ?? [])
      left.empty = rows.length - values.length
      const bins = binned(values)
      return bins && { left, plot: { kind: 'histogram', x: along, y: axis(words.rows, count), ...bins, color: 0, marks: [] } }
    }
    case 'scatter': {
      const series = new Map<string, [number, number][]>()
      for (const row of rows) {
        const [a, b] = [place(row), measure(row)]
        if (a === null || b === null) {
          left.empty += 1
          continue
        }
        const list = series.get(colour(row)) ?? []
        list.push([a, b])
        series.set(colour(row), list)
      }
      const shown = [...series].sort((a, b) => b[1].length - a[1].length)
      left.colours = Math.max(0, shown.length - COLOURS)
      return shown.length === 0 ? null : { left, plot: { kind: 'scatter', x: along, y: axis(choice.y ?? words.rows, amount), series: shown.slice(0, COLOURS).map(([called, points], color) => ({ name: same(by < 0 ? (choice.y ?? '') : called), color, points })), marks: [] } }
    }
    case 'line': {
      const found: { at: number; colour: string; value: number }[] = []
      for (const row of rows) {
        const [where, what] = [place(row), measure(row)]
        if (where === null || what === null) left.empty += 1
        else found.push({ at: where, colour: colour(row), value: what })
      }
      const step = time ? (STEPS.find((take) => new Set(found.map((one) => take.at(one.at))).size <= ALONG) ?? STEPS.at(-1)) : STEPS[0]
      left.taken = step?.taken ?? null
      const table = new Table<number>()
      for (const one of found) table.add(step ? step.at(one.at) : one.at, one.colour, one.value)
      const places = [...table.cells.keys()].sort((a, b) => a - b)
      const shown = table.shown()
      left.colours = table.colours.size - shown.length
      const points = (called: string) => places.flatMap((where): [number, number][] => {
        const cell = table.cells.get(where)?.get(called)
        return cell ? [[where, cell.as(choice.total)]] : []
      })
      return places.length === 0 ? null : { left, plot: { kind: 'line', x: along, y: value, series: shown.map((called, color) => ({ name: same(called), color, dashed: false, area: false, points: points(called), band: null })), marks: [] } }
    }
    case 'bar': {
      const table = new Table<string>()
      const whole = new Map<string, Gathered>()
      for (const row of rows) {
        const what = measure(row)
        if (what === null) {
          left.empty += 1
          continue
        }
        const called = name(row[x])
        table.add(called, colour(row), what)
        const sum = whole.get(called) ?? new Gathered()
        sum.add(what)
        whole.set(called, sum)
      }
      const ordered = time || columnKind(columns[x]?.type ?? '') === 'integer'
      const all = [...whole].sort((a, b) => b[1].as(choice.total) - a[1].as(choice.total))
      const kept = all.slice(0, BARS).map(([called]) => called)
      if (ordered) kept.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      const shown = table.shown()
      left.bars = all.length - kept.length
      left.colours = table.colours.size - shown.length
      const stacked = by >= 0 && (choice.total === 'rows' || choice.total === 'sum')
      const values = (called: string) => kept.map((one) => table.cells.get(one)?.get(called)?.as(choice.total) ?? null)
      return kept.length === 0 ? null : { left, plot: { kind: 'bar', category: same(choice.x), categories: kept.map(same), value, horizontal: false, stacked, series: shown.map((called, color) => ({ name: same(called), color, values: values(called) })), category_colors: null, marks: [] } }
    }
  }
}

/** Bars of one width with ends at round numbers. */
export function binned(values: readonly number[]): { edges: number[]; counts: number[] } | null {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return null
  const rough = (high - low) / BINS || 1
  const size = 10 ** Math.floor(Math.log10(rough))
  const width = ([1, 2, 5, 10].find((one) => one * size >= rough) ?? 10) * size
  // Whole numbers that are few have a bar each.
  const step = values.every(Number.isInteger) ? Math.max(1, Math.ceil(width)) : width
  const start = Math.floor(low / step)
  const bars = Math.floor(high / step) - start + 1
  const counts = Array.from({ length: bars }, () => 0)
  for (const value of values) {
    const bar = Math.min(bars - 1, Math.max(0, Math.floor(value / step) - start))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  // Ends without the dust of binary fractions.
  return { edges: Array.from({ length: bars + 1 }, (_, i) => Number(((start + i) * step).toPrecision(12))), counts }
}
