// Pointing at a mark of a figure: which value of a column it stands for.
import { createContext } from 'react'
import type { Text } from '@/lib/format'
import type { Cell, Plot, TableColumn } from './document'

export interface Pick {
  /** The parameter of the figure that divides it. */
  param: string
  /** The column that it divides by now. */
  column: string
  onPick: (value: string | null) => void
}

/** Set around figures whose marks can be pointed at. */
export const PickContext = createContext<Pick | null>(null)

/** The value that a name on a figure stands for; undefined for words of the product, such as “Other”. */
export function valueOf(name: Text | undefined): string | null | undefined {
  if (!name) return undefined
  if (name.en === name['zh-CN']) return name.en
  return name.en === '(empty)' ? null : undefined
}

/** What a figure is divided by, in order: the names of its marks. */
export function namesOf(plot: Plot, param: string): Text[] {
  if (plot.kind === 'bar') return param === 'series' ? plot.series.map((s) => s.name) : plot.categories
  if (plot.kind === 'heat_map') return param === 'x' ? plot.x_categories : plot.y_categories
  if (plot.kind === 'treemap') return param === 'series' ? [] : plot.items.map((item) => item.name)
  if (plot.kind === 'line' || plot.kind === 'scatter') return param === 'series' ? plot.series.map((s) => s.name) : []
  // Kinds of which this page may know less than the server that sends them.
  const other = plot as { categories?: Text[]; steps?: { name: Text }[]; tiles?: { name: Text }[]; series?: { name: Text }[] }
  if (param === 'series') return (other.series ?? []).map((s) => s.name)
  return other.categories ?? other.steps?.map((s) => s.name) ?? other.tiles?.map((s) => s.name) ?? []
}

export interface MarkEvent {
  dataIndex?: number
  seriesIndex?: number
  seriesName?: string
  seriesType?: string
  data?: unknown
  value?: unknown
}

/** The value that a mark stands for, undefined where it stands for none. */
export function pointedAt(plot: Plot, param: string, event: MarkEvent, lang: 'en' | 'zh-CN'): string | null | undefined {
  const names = namesOf(plot, param)
  if (param === 'series') return valueOf(names.find((name) => name[lang] === event.seriesName))
  if (plot.kind === 'heat_map') {
    const cell = Array.isArray(event.value) ? (event.value as number[]) : []
    return valueOf(names[(param === 'x' ? cell[0] : cell[1]) ?? -1])
  }
  if (plot.kind === 'treemap') return valueOf(names[(event.data as { at?: number } | undefined)?.at ?? -1])
  if (event.seriesType === 'scatter' && Array.isArray(event.value)) return valueOf(names[(event.value as number[])[1] ?? -1])
  return valueOf(names[event.dataIndex ?? -1])
}

/** The value of a cell of a table. */
export function valueOfCell(cell: Cell | undefined, column: TableColumn): string | null | undefined {
  if (cell === null || cell === undefined) return null
  if (typeof cell === 'object') return valueOf(cell)
  if (column.type === 'number' && column.format.style === 'date' && typeof cell === 'number') return new Date(cell * 86_400_000).toISOString().slice(0, 10)
  return String(cell)
}
