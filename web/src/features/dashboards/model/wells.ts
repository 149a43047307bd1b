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
}

export interface Well {
  param: Param
  zone: Zone
  kinds: ColumnKind[]
  /** `one` column, `many`, or a list of `items` with a column each. */
  holds: 'one' | 'many' | 'items'
  /** What chooses the column: the parameter itself, or of items the part of each. */
  column: Param
  required: boolean
  /** The parameter that says how values are made one, where there is one. */
  measure: Param | null
}

/** Ways to make values one that a choice has to offer, one of them at least, to be a measure. */
const TOTALS = ['rows', 'count', 'sum']

/**
 * The choice by which the values of a column become one, as the signature says it: the column counts only for some of its ways
 * (of the parts of an item for those of whatever choice is beside it). Where no column says that, the measured one is the only
 * one beside the choice; of several nobody knows.
 */
function measureOf(params: readonly Param[], column: Param, ofItem: boolean): Param | null {
  const choices = params.filter((param) => param.field.kind === 'choice')
  const measures = choices.filter((param) => param.field.options.some((o) => TOTALS.includes(o.value)))
  const named = (one: Param) => (ofItem ? choices : measures).find((measure) => measure.name === one.when?.param) ?? null
  const columns = params.filter((param) => param.kind === 'column')
  if (columns.some(named)) return named(column)
  return columns.length === 1 && measures.length === 1 ? (measures[0] ?? null) : null
}

/** The wells of a component, in the order in which they are shown. */
export function wellsOf(signature: Signature): Well[] {
  const params = signatureParams(signature)
  // A column beside the one whose values are made one divides them.
  const placed = (param: Param, measure: Param | null, beside: boolean): Zone => {
    if (measure) return 'values'
    const zone = PLACE[param.name] ?? 'other'
    return beside && zone === 'values' ? 'columns' : zone
  }
  const measured = params.some((param) => param.kind === 'column' && measureOf(params, param, false) !== null)
  const found = params.flatMap((param): Well[] => {
    const kinds = param.column?.kinds ?? []
    const required = param.field.required && !param.when
    if (param.kind === 'columns') return [{ param, column: param, zone: placed(param, null, false), kinds, holds: 'many', required, measure: null }]
    if (param.kind === 'column') {
      const measure = measureOf(params, param, false)
      return [{ param, column: param, zone: placed(param, measure, measured), kinds, holds: 'one', required, measure }]
    }
    if (param.kind !== 'items') return []
    const inner = param.parts.filter((p) => p.kind === 'column')
    const [column] = inner
    if (!column || inner.length > 1) return []
    const measure = measureOf(param.parts, column, true)
    return [{ param, column, zone: placed(param, measure, false), kinds: column.column?.kinds ?? [], holds: 'items', required: false, measure }]
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
  const { param, column, measure } = well
  if (well.holds === 'items')
    return items(well, values).map((item) => ({ field: typeof item[column.name] === 'string' && (!measure || needsColumn(well, item[measure.name] ?? measure.initial)) ? (item[column.name] as string) : '', measure: measure ? String(item[measure.name] ?? measure.initial ?? '') : null }))
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
const needsColumn = ({ column, measure }: Well, how: unknown): boolean => (column.when && column.when.param === measure?.name ? column.when.in.includes(how) : !BARE.includes(String(how ?? '')))

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
  const { param, column, measure } = well
  const part = column.name
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

export const gives = (signature: Signature, kind: 'report' | 'table'): boolean => signature.outputs.some((port) => port.kind === kind)

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
