// The profile of a version as pages need it, read from the document that
// crates/tandem-science writes.

interface Bin {
  from: unknown
  to: unknown
  count: number
}

interface Histogram {
  bins: Bin[]
  below: number
  above: number
}

export interface ColumnWarning {
  code: string
  figures: Record<string, number>
  example: string | null
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
  mean: unknown
  std: number | null
  zeros: number | null
  negatives: number | null
  quantiles: { p: number; value: unknown }[]
  histogram: Histogram | null
  top: { value: unknown; count: number; share: number }[]
  lengths: { min: number; max: number; mean: number } | null
  warnings: ColumnWarning[]
}

export interface Profile {
  rows: number
  columns: ColumnProfile[]
  keys: { column: string; certain: boolean }[]
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const num = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const str = (value: unknown): string => (typeof value === 'string' ? value : '')

function column(json: Json, rows: number): ColumnProfile {
  const distinct = isObject(json.distinct) ? json.distinct : null
  const histogram = isObject(json.histogram) ? json.histogram : null
  const text = isObject(json.text) ? json.text : null
  const quantiles = isObject(json.quantiles) ? objects(json.quantiles.values) : []
  return {
    name: str(json.name),
    type: str(json.kind),
    rows,
    nulls: num(json.nulls) ?? 0,
    distinct: distinct && num(distinct.count),
    distinctExact: distinct?.exact !== false,
    min: json.min ?? null,
    max: json.max ?? null,
    mean: json.mean ?? null,
    std: num(json.std),
    zeros: num(json.zeros),
    negatives: num(json.negatives),
    quantiles: quantiles.map((q) => ({ p: Number(q.p), value: q.value })),
    histogram: histogram && {
      bins: objects(histogram.bins).map((b) => ({ from: b.from, to: b.to, count: num(b.count) ?? 0 })),
      below: num(histogram.below) ?? 0,
      above: num(histogram.above) ?? 0,
    },
    top: objects(json.top).map((t) => ({ value: t.value, count: num(t.count) ?? 0, share: num(t.share) ?? 0 })),
    lengths: text && { min: num(text.min_length) ?? 0, max: num(text.max_length) ?? 0, mean: num(text.mean_length) ?? 0 },
    warnings: objects(json.warnings).map((w) => ({
      code: str(w.code),
      figures: isObject(w.figures) ? (w.figures as Record<string, number>) : {},
      example: typeof w.example === 'string' ? w.example : null,
    })),
  }
}

export function toProfile(json: unknown): Profile {
  const root = isObject(json) ? json : {}
  const rows = num(root.rows) ?? 0
  return {
    rows,
    columns: objects(root.columns).map((c) => column(c, rows)),
    keys: objects(root.key_candidates).map((k) => ({ column: str(k.column), certain: k.certain !== false })),
  }
}
