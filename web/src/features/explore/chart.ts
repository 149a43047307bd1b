// From a query's answer to a chart: what to draw is guessed from the columns
// and can be changed; the points are gathered here, the drawing is elsewhere.
import type { GridSource } from '@/components/grid/source'
import { isNumeric, typeKind } from '@/lib/types'

export type ChartKind = 'bar' | 'line' | 'area' | 'scatter'

export interface ChartChoice {
  kind: ChartKind
  x: number
  y: number[]
  /** A column whose values become the series. */
  by: number | null
}

/** A first guess: time gives a line, two numbers give points, anything else bars. */
export function guess(source: GridSource): ChartChoice | null {
  const kinds = source.columns.map((c) => typeKind(c.type))
  const numbers = kinds.flatMap((k, i) => (k === 'integer' || k === 'decimal' ? [i] : []))
  if (numbers.length === 0) return null
  const time = kinds.findIndex((k) => k === 'date' || k === 'time')
  const text = kinds.findIndex((k) => k === 'text' || k === 'boolean')
  if (time >= 0) return { kind: 'line', x: time, y: numbers.slice(0, 3), by: text >= 0 && numbers.length === 1 ? text : null }
  if (text >= 0) return { kind: 'bar', x: text, y: numbers.slice(0, 2), by: null }
  const [x, ...rest] = numbers
  if (x === undefined) return null
  return rest.length ? { kind: source.rowCount > 60 ? 'scatter' : 'line', x, y: rest.slice(0, 3), by: null } : { kind: 'bar', x, y: [x], by: null }
}

interface Points {
  /** Categories for bars; null where x is a number or a time. */
  categories: string[] | null
  time: boolean
  /** Whether any of its times has a time of day. */
  clock: boolean
  series: { name: string; data: [number | string, number | null][] }[]
  /** How many rows were left out. */
  left: number
}

const MOST_ROWS = 20_000
const MOST_SERIES = 8

const toNumber = (value: unknown): number | null => {
  if (value === null || value === undefined) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

export function points(source: GridSource, choice: ChartChoice, nullWord: string): Points {
  const kind = typeKind(source.columns[choice.x]?.type ?? '')
  const time = kind === 'date' || kind === 'time'
  const continuous = time || ((choice.kind === 'scatter' || choice.kind === 'line' || choice.kind === 'area') && isNumeric(source.columns[choice.x]?.type ?? ''))
  const count = Math.min(source.rowCount, MOST_ROWS)
  const series = new Map<string, [number | string, number | null][]>()
  const categories = new Map<string, true>()
  for (let row = 0; row < count; row += 1) {
    const raw = source.cell(row, choice.x)
    let x: number | string
    if (time) {
      if (raw === null) continue
      x = raw instanceof Date ? raw.getTime() : new Date(String(raw)).getTime()
    } else if (continuous) {
      const value = toNumber(raw)
      if (value === null) continue
      x = value
    } else {
      x = raw === null || raw === undefined ? nullWord : String(raw)
      categories.set(x, true)
    }
    for (const y of choice.y) {
      const group = choice.by === null ? '' : String(source.cell(row, choice.by) ?? nullWord)
      const name = choice.by === null ? (source.columns[y]?.name ?? '') : choice.y.length > 1 ? `${group} · ${source.columns[y]?.name ?? ''}` : group
      let list = series.get(name)
      if (!list) {
        if (series.size >= MOST_SERIES) continue
        series.set(name, (list = []))
      }
      list.push([x, toNumber(source.cell(row, y))])
    }
  }
  const sorted = [...series].map(([name, data]) => ({
    name,
    data: continuous && choice.kind !== 'scatter' ? data.sort((a, b) => Number(a[0]) - Number(b[0])) : data,
  }))
  return { categories: continuous ? null : [...categories.keys()], time, clock: time && sorted.some((one) => one.data.some(([x]) => Number(x) % 86_400_000 !== 0)), series: sorted, left: source.rowCount - count }
}
