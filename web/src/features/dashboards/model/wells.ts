// Wells: the parameters of a component that choose columns, as places into
// which fields are put. What there is of them is read off the signature; only
// where each stands is said here. Pure.
import type { ColumnKind, Signature } from '@/api/workflow'
import { counts, newItem, settled, signatureParams, type Param } from '@/components/form/params'
import { isNumber, isTime, type Field } from './fields'

type Json = Record<string, unknown>

export type Zone = 'rows' | 'columns' | 'values' | 'colour' | 'other'
const ZONES: Zone[] = ['rows', 'columns', 'values', 'colour', 'other']

/** Where a parameter stands. What isn't here stands under its own name after the others. */
const PLACE: Record<string, Zone> = {
  category: 'rows', y: 'rows', region: 'rows', step: 'rows', group: 'rows', latitude: 'rows',
  x: 'columns', columns: 'columns', stages: 'columns', time: 'columns', longitude: 'columns',
  column: 'values', value: 'values', figures: 'values', size: 'values', first: 'values', second: 'values', target: 'values', features: 'values',
  by: 'rows', rows: 'rows', series: 'colour',
  'pivot.column': 'columns',
}

export interface Well {
  param: Param
  zone: Zone
  kinds: ColumnKind[]
  /** `one` column, `many`, or a list of `items` with a column each. */
  holds: 'one' | 'many' | 'items'
  /** Of items, the part that is the column; else the parameter's own name. */
  part: string
  required: boolean
  /** The parameter that says how values are made one, where there is one. */
  measure: Param | null
}

/** How values become one: a choice that another parameter, or part, depends on. */
const measureOf = (params: readonly Param[], column: Param): Param | null => {
  const name = column.when?.param ?? (params.some((p) => p.name === 'function' && p.field.kind === 'choice') && column.name === 'column' ? 'function' : null)
  const found = name ? params.find((p) => p.name === name && p.field.kind === 'choice') : undefined
  return found && found.name === 'function' ? found : null
}

/** The wells of a component, in the order in which they are shown. */
export function wellsOf(signature: Signature): Well[] {
  const params = signatureParams(signature)
  const found = params.flatMap((param): Well[] => {
    const zone = PLACE[`${signature.name}.${param.name}`] ?? PLACE[param.name] ?? 'other'
    if (param.kind === 'column' || param.kind === 'columns')
      return [{ param, zone, kinds: param.column?.kinds ?? [], holds: param.kind === 'column' ? 'one' : 'many', part: param.name, required: param.field.required && !param.when, measure: param.kind === 'column' ? measureOf(params, param) : null }]
    if (param.kind !== 'items') return []
    const inner = param.parts.filter((p) => p.kind === 'column')
    const [column] = inner
    if (!column || inner.length > 1) return []
    return [{ param, zone, kinds: column.column?.kinds ?? [], holds: 'items', part: column.name, required: false, measure: measureOf(param.parts, column) }]
  })
  return found.sort((a, b) => ZONES.indexOf(a.zone) - ZONES.indexOf(b.zone))
}

/** Whether a well is there, given what is set: one that waits for a way to measure is, since putting a field there chooses one. */
export function isShown(well: Well, params: readonly Param[], values: Json): boolean {
  return well.measure !== null || counts(well.param, settled(params, values))
}

interface Chip {
  field: string
  /** How its values are made one, where that is chosen. */
  measure: string | null
}

const items = (well: Well, values: Json): Json[] => {
  const value = values[well.param.name] ?? well.param.initial
  return Array.isArray(value) ? (value as Json[]) : []
}

/** What is in a well; a measure without a column, such as the number of rows, has an empty field. */
export function chipsIn(well: Well, values: Json): Chip[] {
  const { param, part, measure } = well
  if (well.holds === 'items')
    return items(well, values).map((item) => ({ field: typeof item[part] === 'string' && (!measure || needsColumn(well, item[measure.name])) ? item[part] : '', measure: measure ? String(item[measure.name] ?? measure.initial ?? '') : null }))
  if (well.holds === 'many') {
    const value = values[param.name] ?? param.initial
    return (Array.isArray(value) ? (value as string[]) : []).map((field) => ({ field, measure: null }))
  }
  const value = values[param.name]
  if (measure) {
    const how = String(values[measure.name] ?? measure.initial ?? '')
    if (!needsColumn(well, how)) return how ? [{ field: '', measure: how }] : []
    return typeof value === 'string' ? [{ field: value, measure: how }] : []
  }
  return typeof value === 'string' ? [{ field: value, measure: null }] : []
}

/** The ways to measure that no column is needed for. */
const BARE = ['rows']
const needsColumn = (well: Well, how: unknown): boolean => (well.param.when && well.holds === 'one' ? well.param.when.in.includes(how) : !BARE.includes(String(how ?? '')))

/** Whether a field can stand in a well. */
export const fits = (well: Well, field: Pick<Field, 'kind'>): boolean => well.kinds.length === 0 || well.kinds.includes(field.kind)

/** How values of a kind are best made one, out of what a well offers. */
function bestMeasure(well: Well, kind: ColumnKind): string | null {
  const offered = well.measure?.field.options.map((o) => o.value) ?? []
  const wanted = isNumber(kind) ? ['sum', 'mean', 'count'] : isTime(kind) ? ['max', 'count'] : ['count_distinct', 'count']
  return wanted.find((how) => offered.includes(how)) ?? offered.find((how) => needsColumn(well, how)) ?? null
}

const without = (values: Json, name: string): Json => {
  const { [name]: _gone, ...rest } = values
  return rest
}

/** Puts a field into a well: in the place of the one there, or behind those that are. */
export function put(well: Well, values: Json, field: Field): Json {
  const { param, part, measure } = well
  if (well.holds === 'one') {
    const next = { ...values, [param.name]: field.name }
    if (!measure) return next
    const now = values[measure.name] ?? measure.initial
    const keeps = needsColumn(well, now) && (isNumber(field.kind) || ['count', 'count_distinct'].includes(String(now)))
    return keeps ? next : { ...next, [measure.name]: bestMeasure(well, field.kind) }
  }
  if (well.holds === 'many') {
    const now = chipsIn(well, values).map((chip) => chip.field)
    return now.includes(field.name) ? values : { ...values, [param.name]: [...now, field.name] }
  }
  const set = items(well, values)
  // The number of rows that stands there by default gives way to what one asked for.
  const own = values[param.name] === undefined ? set.filter((item) => typeof item[part] === 'string') : set
  const item = { ...newItem(param.parts), [part]: field.name, ...(measure ? { [measure.name]: bestMeasure(well, field.kind) } : {}) }
  return { ...values, [param.name]: [...own, item].slice(0, param.most ?? undefined) }
}

/** Takes what stands at a place out of a well. */
export function take(well: Well, values: Json, at: number): Json {
  const { param, measure } = well
  if (well.holds === 'one') {
    const rest = without(values, param.name)
    return measure ? without(rest, measure.name) : rest
  }
  const left = well.holds === 'many' ? chipsIn(well, values).map((c) => c.field) : items(well, values)
  const next = (left as unknown[]).filter((_, index) => index !== at)
  return next.length === 0 ? without(values, param.name) : { ...values, [param.name]: next }
}

/** Moves what stands at a place to another one of the same well. */
export function move(well: Well, values: Json, from: number, to: number): Json {
  const list: unknown[] = well.holds === 'many' ? chipsIn(well, values).map((c) => c.field) : [...items(well, values)]
  const [one] = list.splice(from, 1)
  if (one === undefined || to < 0 || to > list.length) return values
  list.splice(to, 0, one)
  return { ...values, [well.param.name]: list }
}

/** Says how the values of what stands at a place are made one. */
export function setMeasure(well: Well, values: Json, at: number, how: string): Json {
  if (!well.measure) return values
  const { name } = well.measure
  if (well.holds === 'one') return { ...values, [name]: how }
  return { ...values, [well.param.name]: items(well, values).map((item, index) => (index === at ? { ...item, [name]: how } : item)) }
}

/** The well that a field dropped on the figure as a whole goes into: an empty one that must be filled, else one that suits it. */
export function bestWell(wells: readonly Well[], values: Json, field: Field): Well | null {
  const open = wells.filter((well) => fits(well, field))
  const empty = open.filter((well) => chipsIn(well, values).every((chip) => chip.field === ''))
  const wanted: Zone[] = isNumber(field.kind) ? ['values', 'columns', 'rows', 'other', 'colour'] : ['rows', 'columns', 'colour', 'values', 'other']
  const first = (list: readonly Well[]) => wanted.map((zone) => list.find((well) => well.zone === zone)).find(Boolean) ?? null
  return first(empty.filter((w) => w.required && (w.zone !== 'values' || isNumber(field.kind)))) ?? first(empty.filter((w) => w.required)) ?? first(empty) ?? first(open.filter((w) => w.holds !== 'one')) ?? first(open)
}

/** The wells that must be filled before there is anything to see. */
export const lacking = (wells: readonly Well[], values: Json): Well[] =>
  wells.filter((well) => {
    if (well.measure && well.holds === 'one') return chipsIn(well, values).length === 0
    return well.required && chipsIn(well, values).length === 0
  })

/** The settings of another component, with as many of the fields and settings as it has places for. */
export function carry(from: Signature, to: Signature, values: Json, fields: readonly Field[]): Json {
  const known = (name: string): Field => fields.find((f) => f.name === name) ?? { name, column: name, kind: 'other' }
  const [old, wells] = [wellsOf(from), wellsOf(to)]
  const plain = signatureParams(to)
  const before = signatureParams(from)
  let next: Json = {}
  // What isn't a column, where both mean the same by it.
  const isWell = (name: string) => wells.some((w) => w.param.name === name || w.measure?.name === name)
  for (const param of plain) {
    const same = before.find((p) => p.name === param.name && p.kind === param.kind && p.field.kind === param.field.kind)
    const value = values[param.name]
    if (!same || value === undefined || isWell(param.name)) continue
    if (param.field.options.length > 0 && !param.field.options.some((o) => o.value === value)) continue
    next[param.name] = value
  }
  const left = old.flatMap((well) => chipsIn(well, values).filter((chip) => chip.field !== '').map((chip) => ({ ...chip, zone: well.zone, name: well.param.name })))
  const fill = (well: Well, suits: (chip: (typeof left)[number]) => boolean) => {
    for (;;) {
      const full = well.holds === 'one' && chipsIn(well, next).some((chip) => chip.field !== '')
      const at = full ? -1 : left.findIndex((chip) => fits(well, known(chip.field)) && suits(chip))
      const [chip] = at < 0 ? [] : left.splice(at, 1)
      if (!chip) return
      next = put(well, next, known(chip.field))
      if (chip.measure && well.measure?.field.options.some((o) => o.value === chip.measure)) next = setMeasure(well, next, chipsIn(well, next).length - 1, chip.measure)
    }
  }
  for (const well of wells) fill(well, (chip) => chip.name === well.param.name)
  for (const well of wells) fill(well, (chip) => chip.zone === well.zone)
  const along = (zone: Zone) => zone === 'rows' || zone === 'columns'
  for (const well of wells) if (along(well.zone)) fill(well, (chip) => along(chip.zone))
  for (const well of wells) if (well.required) fill(well, () => true)
  for (const well of wells) if (well.zone === 'colour') fill(well, (chip) => along(chip.zone))
  return next
}

/** The wells that a drill-down can go along: a single column by which the figure is divided. */
export const drillable = (wells: readonly Well[]): Well[] => wells.filter((well) => well.holds === 'one' && well.measure === null && (well.zone === 'rows' || well.zone === 'columns' || well.zone === 'colour') && well.kinds.length === 0)

const gives = (signature: Signature, kind: 'report' | 'table'): boolean => signature.outputs.some((port) => port.kind === kind)

/** Whether a component sums up rows to a table, which a page shows as one. */
const sumsUp = (signature: Signature): boolean =>
  gives(signature, 'table') && signature.evaluation === 'heavy' && (signature.category === 'look' || (signature.category === 'shape' && wellsOf(signature).some((well) => well.zone === 'rows')))

/** The components that can be a figure: they take one table, give a report or a table that sums it up, and change nothing. */
export function isFigure(signature: Signature): boolean {
  const takes = signature.inputs.filter((port) => !port.optional)
  return takes.length === 1 && takes[0]?.kind === 'table' && !signature.effects && (gives(signature, 'report') || sumsUp(signature))
}

type Shelf = 'charts' | 'tables' | 'tests' | 'models'

/** The figures that there are on their shelves: what draws and can be given a title first. */
export function shelves(figures: readonly Signature[]): { shelf: Shelf; figures: Signature[] }[] {
  const draws = (s: Signature) => signatureParams(s).some((param) => param.name === 'title')
  const on = (s: Signature): Shelf => (s.category === 'learn' ? 'models' : !gives(s, 'report') ? 'tables' : draws(s) ? 'charts' : 'tests')
  return (['charts', 'tables', 'tests', 'models'] as const).map((shelf) => ({ shelf, figures: figures.filter((s) => on(s) === shelf) })).filter((one) => one.figures.length > 0)
}
