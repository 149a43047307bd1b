// The profile of a version as pages need it, read from the server's document.

export interface Histogram {
  edges: (number | string)[]
  counts: number[]
}

export interface ColumnWarning {
  code: string
  [detail: string]: unknown
}

export interface ColumnProfile {
  name: string
  type: string
  rows: number
  nulls: number
  distinct: number | null
  distinctExact: boolean
  min: unknown
  max: unknown
  mean: number | null
  std: number | null
  quantiles: { q: number; value: unknown }[]
  histogram: Histogram | null
  top: { value: unknown; count: number }[]
  lengths: { min: number; max: number; mean: number } | null
  warnings: ColumnWarning[]
}

export interface Profile {
  rows: number
  columns: ColumnProfile[]
  keys: string[][]
  warnings: ColumnWarning[]
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const num = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const str = (value: unknown): string => (typeof value === 'string' ? value : '')

function warnings(value: unknown): ColumnWarning[] {
  return list(value)
    .map((w) => (typeof w === 'string' ? { code: w } : isObject(w) ? { ...w, code: str(w.code) } : null))
    .filter((w): w is ColumnWarning => w !== null)
}

function column(json: Json, rows: number): ColumnProfile {
  const stats = isObject(json.numeric) ? json.numeric : isObject(json.stats) ? json.stats : json
  const distinct = isObject(json.distinct) ? json.distinct : { count: json.distinct, exact: json.distinct_exact }
  const histogram = isObject(json.histogram) ? json.histogram : null
  const lengths = isObject(json.lengths) ? json.lengths : isObject(json.text) ? json.text : null
  return {
    name: str(json.name),
    type: str(json.type) || str(json.data_type),
    rows: num(json.rows) ?? rows,
    nulls: num(json.nulls) ?? 0,
    distinct: num(distinct.count) ?? num(distinct.estimate),
    distinctExact: distinct.exact !== false,
    min: json.min ?? stats.min ?? null,
    max: json.max ?? stats.max ?? null,
    mean: num(stats.mean),
    std: num(stats.std) ?? num(stats.std_dev),
    quantiles: list(stats.quantiles ?? json.quantiles).flatMap((q) =>
      Array.isArray(q) ? [{ q: Number(q[0]), value: q[1] as unknown }] : isObject(q) ? [{ q: Number(q.q ?? q.p), value: q.value }] : [],
    ),
    histogram: histogram
      ? { edges: list(histogram.edges) as (number | string)[], counts: list(histogram.counts).map(Number) }
      : null,
    top: list(json.top ?? json.top_values).flatMap((entry) =>
      Array.isArray(entry)
        ? [{ value: entry[0] as unknown, count: Number(entry[1]) }]
        : isObject(entry)
          ? [{ value: entry.value, count: num(entry.count) ?? 0 }]
          : [],
    ),
    lengths: lengths && num(lengths.max) !== null ? { min: num(lengths.min) ?? 0, max: num(lengths.max) ?? 0, mean: num(lengths.mean) ?? 0 } : null,
    warnings: warnings(json.warnings),
  }
}

export function toProfile(json: unknown): Profile {
  const root = isObject(json) ? json : {}
  const rows = num(root.rows) ?? 0
  return {
    rows,
    columns: list(root.columns).filter(isObject).map((c) => column(c, rows)),
    keys: list(root.key_candidates ?? root.keys).map((key) =>
      typeof key === 'string' ? [key] : isObject(key) ? list(key.columns).map(str) : list(key).map(str),
    ),
    warnings: warnings(root.warnings),
  }
}
