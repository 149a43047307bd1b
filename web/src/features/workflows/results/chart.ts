// From rows at a port to a picture of them: what to draw follows from the kinds of the columns and can be changed by a person. Pure;
// the drawing is that of reports.
import { isIdName } from '@/components/grid/cells'
import { columnKind } from '@/lib/types'

export type Shape = 'line' | 'bar' | 'scatter' | 'histogram'
export const SHAPES: Shape[] = ['line', 'bar', 'scatter', 'histogram']
/** How the rows of one mark become a number. */
export type Total = 'rows' | 'sum' | 'mean' | 'min' | 'max'
export const TOTALS: Total[] = ['sum', 'mean', 'min', 'max']

export interface Choice {
  shape: Shape
  x: string
  /** The column of numbers; null where rows are counted. */
  y: string | null
  total: Total
  /** The column whose values have a colour each. */
  by: string | null
}

export interface Rows {
  columns: { name: string; type: string }[]
  rows: readonly (readonly unknown[])[]
}

type Role = 'time' | 'number' | 'category' | 'other'

/** What a column can be in a picture. Numbers that name things, such as ids, are told apart by their names. */
export function roleOf({ name, type }: { name: string; type: string }): Role {
  switch (columnKind(type)) {
    case 'date':
    case 'timestamp':
      return 'time'
    case 'integer':
    case 'number':
    case 'decimal':
      return isIdName(name) ? 'category' : 'number'
    case 'text':
    case 'boolean':
      return 'category'
    default:
      return 'other'
  }
}

/** Values of one column that are few enough to stand beside each other. */
const FEW = 50

/** The first picture: over time a line, of a category bars, of two numbers points, of one its distribution. */
export function firstChoice({ columns, rows }: Rows): Choice | null {
  const names = (role: Role) => columns.filter((column) => roleOf(column) === role).map((column) => column.name)
  const different = (name: string) => {
    const at = columns.findIndex((column) => column.name === name)
    return new Set(rows.map((row) => row[at])).size
  }
  const [time, numbers] = [names('time')[0], names('number')]
  const [x, second] = numbers
  if (time !== undefined) return { shape: 'line', x: time, y: x ?? null, total: x === undefined ? 'rows' : 'mean', by: null }
  const category = names('category').find((name) => {
    const count = different(name)
    return count <= FEW && (count > 1 || rows.length <= 1)
  })
  if (category !== undefined) {
    // A table with one row for each value has been summed up before: its number is shown as it is.
    const summed = different(category) === rows.length
    return summed && x !== undefined ? { shape: 'bar', x: category, y: x, total: 'sum', by: null } : { shape: 'bar', x: category, y: null, total: 'rows', by: null }
  }
  if (x === undefined) return null
  return second === undefined ? { shape: 'histogram', x, y: null, total: 'rows', by: null } : { shape: 'scatter', x, y: second, total: 'rows', by: null }
}

/** The columns that can stand along the picture, up it, and in its colours. */
export function offered(columns: Rows['columns'], shape: Shape): { x: string[]; y: string[]; by: string[] } {
  const of = (...roles: Role[]) => columns.filter((column) => roles.includes(roleOf(column))).map((column) => column.name)
  const isNumeric = columns.filter((column) => ['integer', 'number', 'decimal'].includes(columnKind(column.type))).map((column) => column.name)
  const along = { line: [...of('time'), ...isNumeric], bar: columns.map((column) => column.name), scatter: [...isNumeric, ...of('time')], histogram: isNumeric }
  return { x: along[shape], y: shape === 'histogram' ? [] : isNumeric, by: shape === 'histogram' ? [] : of('category') }
}

/** What was chosen, as far as the columns allow it; what they don't allow is as at first. */
export function settledChoice(columns: Rows['columns'], first: Choice | null, wanted: { [K in keyof Choice]?: string }): Choice | null {
  const shape = SHAPES.find((one) => one === wanted.shape) ?? first?.shape
  if (!shape) return null
  const can = offered(columns, shape)
  const [start, other] = [can.x.find((name) => name === first?.x) ?? can.x[0], can.y.find((name) => name === first?.y)]
  const x = can.x.find((name) => name === wanted.x) ?? start
  if (x === undefined) return null
  let y = can.y.find((name) => name === wanted.y) ?? (wanted.y === ROWS ? null : (other ?? null))
  if (shape === 'scatter') y ??= can.y.find((name) => name !== x) ?? can.y[0] ?? null
  if (shape === 'scatter' && y === null) return null
  const total = y === null ? 'rows' : (TOTALS.find((one) => one === wanted.total) ?? (first?.total === 'rows' || !first ? 'mean' : first.total))
  return { shape, x, y, total, by: can.by.find((name) => name === wanted.by && name !== x) ?? null }
}

/** Stands in the address for the number of rows. */
export const ROWS = '#'
