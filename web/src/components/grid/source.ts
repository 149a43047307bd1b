// What a grid shows: columns, and cells by row and column. A source may hold
// everything or load as one scrolls.

export interface GridColumn {
  name: string
  type: string
}

export interface GridSource {
  columns: GridColumn[]
  rowCount: number
  /** The value; undefined where it has not arrived yet. */
  cell(row: number, column: number): unknown
  /** Told which rows are in sight. */
  ensure?(from: number, to: number): void
  /** Whether all rows are at hand, so that they can be sorted here. */
  sortable: boolean
}

/** Rows at hand. */
export function arraySource(columns: GridColumn[], rows: readonly (readonly unknown[])[]): GridSource {
  return { columns, rowCount: rows.length, cell: (row, column) => rows[row]?.[column] ?? null, sortable: true }
}

export type Direction = 'asc' | 'desc'

/** The order of the rows by one column; equal rows stay in order, nulls come last. */
export function sortedOrder(source: GridSource, column: number, direction: Direction): Uint32Array {
  const count = source.rowCount
  const order = new Uint32Array(count)
  const keys: unknown[] = new Array(count)
  let numeric = true
  for (let row = 0; row < count; row += 1) {
    order[row] = row
    let value = source.cell(row, column)
    if (value instanceof Date) value = value.getTime()
    keys[row] = value ?? null
    if (value !== null && value !== undefined && typeof value !== 'number' && typeof value !== 'bigint') numeric = false
  }
  const sign = direction === 'asc' ? 1 : -1
  const collate = new Intl.Collator(undefined, { numeric: true }).compare
  const compare = numeric
    ? (a: unknown, b: unknown) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0)
    : (a: unknown, b: unknown) => collate(String(a), String(b))
  return order.sort((a, b) => {
    const x = keys[a]
    const y = keys[b]
    if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1
    return sign * compare(x, y) || a - b
  })
}
