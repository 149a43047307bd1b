// The report document, as crates/tandem-report writes it (schema version 1).
import type { Text } from '@/lib/format'

export interface NumberFormat {
  style: 'count' | 'decimal' | 'percent' | 'money' | 'date'
  decimals: number | null
  compact: boolean
  /** Whether a value above zero carries a plus. */
  signed?: boolean
  currency: string | null
  unit: Text | null
}

export interface ReportNumber {
  value: number | null
  format: NumberFormat
  interval: { low: number; high: number; level: number } | null
}

export interface Axis {
  label: Text
  format: NumberFormat
  min: number | null
  max: number | null
}

export interface Mark {
  axis: 'x' | 'y'
  value: number
  label: Text
}

export type Plot =
  | { kind: 'line'; x: Axis; y: Axis; series: LineSeries[]; marks: Mark[] }
  | { kind: 'scatter'; x: Axis; y: Axis; series: { name: Text; color: number; points: [number, number][] }[]; marks: Mark[] }
  | {
      kind: 'bar'
      category: Text
      categories: Text[]
      value: Axis
      horizontal: boolean
      stacked: boolean
      series: { name: Text; color: number; values: (number | null)[] }[]
      category_colors: number[] | null
      marks: Mark[]
    }
  | { kind: 'histogram'; x: Axis; y: Axis; edges: number[]; counts: number[]; color: number; marks: Mark[] }
  | {
      kind: 'heat_map'
      x: Text
      x_categories: Text[]
      y: Text
      y_categories: Text[]
      value: Axis
      values: (number | null)[][]
      counts: number[][] | null
    }
  | { kind: 'treemap'; value: Axis; items: { name: Text; color: number; value: number; detail: Text | null }[] }
  | { kind: 'area'; x: Axis; y: Axis; at: number[]; series: { name: Text; color: number; values: number[] }[] }
  | { kind: 'box'; category: Text; categories: Text[]; value: Axis; boxes: Spread[] }
  | { kind: 'funnel'; value: Axis; steps: { name: Text; value: number }[] }
  | {
      kind: 'sankey'
      value: Axis
      stages: Text[]
      nodes: { name: Text; stage: number; color: number }[]
      links: { from: number; to: number; value: number }[]
    }
  | { kind: 'tile_map'; value: Axis; tiles: { name: Text; short: Text; column: number; row: number; value: number | null }[] }
  | { kind: 'point_map'; value: Axis | null; series: { name: Text; color: number; points: [number, number][]; sizes: number[] | null }[] }

interface Spread {
  rows: number
  low: number
  q1: number
  median: number
  q3: number
  high: number
  outliers: number[]
}

export interface LineSeries {
  name: Text
  color: number | null
  dashed: boolean
  area: boolean
  points: [number, number][]
  band: [number, number, number][] | null
}

export type ChartBlock = { id: string; title: Text; alt: Text; span: 'full' | 'half'; note: Text | null } & Plot

export type Cell = null | number | string | Text

export type TableColumn = { key: string; label: Text; help: Text | null } & (
  | { type: 'text' }
  | { type: 'number'; format: NumberFormat; bar: boolean }
  | { type: 'category'; colors: { name: Text; color: number }[] }
)

export interface TableBlock {
  id: string
  title: Text
  columns: TableColumn[]
  rows: Cell[][]
  total_rows: number | null
  page_rows: number | null
  note: Text | null
}

export interface ReportWarning {
  code: string
  severity: 'info' | 'caution' | 'serious'
  text: Text
}

export interface Action {
  target: Text
  color: number | null
  aim: Text
  facts: { label: Text; value: ReportNumber }[]
  steps: Text[]
  measure: Text
}

export interface HeadlineItem {
  id: string
  label: Text
  value: ReportNumber
  help: Text
}

export type Block =
  | { type: 'heading'; text: Text }
  | { type: 'headline'; items: HeadlineItem[] }
  | { type: 'paragraph'; text: Text }
  | { type: 'list'; ordered: boolean; items: Text[] }
  | ({ type: 'chart' } & ChartBlock)
  | ({ type: 'table' } & TableBlock)
  | { type: 'actions'; items: Action[] }
  | ({ type: 'warning' } & ReportWarning)
  | { type: 'references'; items: { citation: string; locator: string | null }[] }

export interface Report {
  schema_version: number
  scenario: string
  title: Text
  subtitle: Text
  created_at: string
  answer: Text
  headline: HeadlineItem[]
  warnings: ReportWarning[]
  sections: { id: string; title: Text; blocks: Block[] }[]
  provenance: {
    run: string | null
    inputs: { input: string; name: string; version: number | null; digest: string | null; rows: number | null; map: { role: string; column: string }[] }[]
    params: { key: string; label: Text; value: Cell; unit: Text | null }[]
    engine: string
    seed: number
    digest: string | null
  }
}

export const KNOWN_SCHEMA = 1
