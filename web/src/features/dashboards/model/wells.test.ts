import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ColumnKind, Signature } from '@/api/workflow'
import type { Field } from './fields'
import { bestWell, carry, chipsIn, drillable, fits, isFigure, lacking, move, put, setMeasure, shelves, take, wellsOf, type Well } from './wells'

const look = join(import.meta.dirname, '../../../../../crates/tandem-components/src/look')
const shipped = (file: string) => JSON.parse(readFileSync(join(look, `${file}.json`), 'utf8')) as Signature
const [bar, line, heat, table, headline, scatter] = ['bar_chart', 'line_chart', 'heat_map', 'table', 'headline', 'scatter_plot'].map((name) => shipped(`charts/${name}`)) as [Signature, Signature, Signature, Signature, Signature, Signature]
const field = (name: string, kind: ColumnKind): Field => ({ name, column: name, kind })
const [city, day, amount, channel] = [field('city', 'text'), field('day', 'date'), field('amount', 'number'), field('channel', 'text')]
const all = [city, day, amount, channel]
const well = (of: Signature, name: string): Well => wellsOf(of).find((w) => w.param.name === name)!

describe('wells', () => {
  it('are read off the signature, each in its place', () => {
    expect(wellsOf(bar).map((w) => [w.param.name, w.zone, w.holds, w.measure?.name ?? null])).toEqual([
      ['category', 'rows', 'one', null],
      ['column', 'values', 'one', 'function'],
      ['series', 'colour', 'one', null],
    ])
    expect(wellsOf(heat).map((w) => [w.param.name, w.zone])).toEqual([['y', 'rows'], ['x', 'columns'], ['column', 'values']])
    expect(wellsOf(headline).map((w) => [w.param.name, w.zone, w.holds])).toEqual([['figures', 'values', 'items']])
    expect(wellsOf(table).map((w) => [w.param.name, w.holds])).toEqual([['columns', 'many'], ['order', 'items']])
  })
  it('take fields of the kinds that they are for', () => {
    expect(fits(well(line, 'x'), day)).toBe(true)
    expect(fits(well(line, 'x'), city)).toBe(false)
    expect(fits(well(bar, 'category'), amount)).toBe(true)
  })
  it('of a measure show the number of rows until a field is put in, and then how it is totalled', () => {
    const values = well(bar, 'column')
    expect(chipsIn(values, {})).toEqual([{ field: '', measure: 'rows' }])
    const sum = put(values, {}, amount)
    expect(sum).toEqual({ column: 'amount', function: 'sum' })
    expect(put(values, {}, city)).toEqual({ column: 'city', function: 'count_distinct' })
    expect(put(values, { column: 'amount', function: 'mean' }, field('cost', 'number'))).toEqual({ column: 'cost', function: 'mean' })
    expect(put(values, { column: 'amount', function: 'mean' }, city)).toEqual({ column: 'city', function: 'count_distinct' })
    expect(setMeasure(values, sum, 0, 'mean')).toEqual({ column: 'amount', function: 'mean' })
    expect(take(values, sum, 0)).toEqual({})
  })
  it('of several fields keep their order', () => {
    const columns = well(table, 'columns')
    const two = put(columns, put(columns, {}, city), day)
    expect(two).toEqual({ columns: ['city', 'day'] })
    expect(put(columns, two, city)).toBe(two)
    expect(move(columns, two, 1, 0)).toEqual({ columns: ['day', 'city'] })
    expect(take(columns, two, 0)).toEqual({ columns: ['day'] })
    expect(take(columns, { columns: ['day'] }, 0)).toEqual({})
  })
  it('of a list of numbers put the first that one asks for in the place of the number of rows', () => {
    const figures = well(headline, 'figures')
    expect(chipsIn(figures, {})).toEqual([{ field: '', measure: 'rows' }])
    const one = put(figures, {}, amount)
    expect(one).toMatchObject({ figures: [{ function: 'sum', column: 'amount' }] })
    expect((one.figures as unknown[]).length).toBe(1)
    expect(chipsIn(figures, put(figures, one, city))).toEqual([{ field: 'amount', measure: 'sum' }, { field: 'city', measure: 'count_distinct' }])
  })
  it('that must be filled are told', () => {
    expect(lacking(wellsOf(bar), {}).map((w) => w.param.name)).toEqual(['category'])
    expect(lacking(wellsOf(bar), { category: 'city', function: 'sum' }).map((w) => w.param.name)).toEqual(['column'])
    expect(lacking(wellsOf(bar), { category: 'city' })).toEqual([])
    expect(lacking(wellsOf(headline), {})).toEqual([])
  })
  it('are chosen for a field that is dropped on the figure', () => {
    const name = (of: Signature, values: Record<string, unknown>, f: Field) => bestWell(wellsOf(of), values, f)?.param.name
    expect(name(bar, {}, city)).toBe('category')
    expect(name(bar, { category: 'city' }, amount)).toBe('column')
    expect(name(bar, { category: 'city' }, channel)).toBe('series')
    expect(name(line, {}, day)).toBe('x')
  })
  it('along which one can go down divide the figure', () => {
    expect(drillable(wellsOf(bar)).map((w) => w.param.name)).toEqual(['category', 'series'])
    expect(drillable(wellsOf(headline))).toEqual([])
  })
})

describe('another kind of figure', () => {
  const set = { category: 'city', function: 'mean', column: 'amount', series: 'channel', title: 'Sales', layout: 'stacked' }
  it('keeps the fields for which it has a place, and how they are measured', () => {
    expect(carry(bar, heat, set, all)).toEqual({ title: 'Sales', y: 'city', x: 'channel', column: 'amount', function: 'mean' })
    expect(carry(heat, bar, { y: 'city', x: 'channel', function: 'sum', column: 'amount' }, all)).toEqual({ category: 'city', series: 'channel', column: 'amount', function: 'sum' })
  })
  it('never puts a field where its kind does not fit', () => {
    const next = carry(bar, line, set, all)
    expect(next).not.toHaveProperty('x', 'city')
    expect(next).toMatchObject({ series: 'channel', column: 'amount', function: 'mean' })
    const points = carry(bar, scatter, set, all)
    expect([points.x, points.y]).not.toContain('city')
  })
  it('gives a table the columns that the chart was made from', () => {
    expect(carry(heat, table, { y: 'city', x: 'channel' }, all)).toEqual({ columns: ['channel', 'city'] })
  })
})

it('only what takes one table, gives a report and changes nothing is a figure', () => {
  expect(isFigure(bar)).toBe(true)
  expect(isFigure({ ...bar, effects: true })).toBe(false)
  expect(isFigure({ ...bar, outputs: [] })).toBe(false)
  expect(isFigure({ ...bar, inputs: [...bar.inputs, { ...bar.inputs[0]!, name: 'second' }] })).toBe(false)
  expect(isFigure({ ...bar, inputs: [...bar.inputs, { ...bar.inputs[0]!, name: 'second', optional: true }] })).toBe(true)
})

it('what draws is offered first, then tests, then models', () => {
  const test = shipped('t_test')
  expect(shelves([test, bar, { ...bar, category: 'learn' }]).map((s) => [s.shelf, s.figures.length])).toEqual([['charts', 1], ['tests', 1], ['models', 1]])
  expect(shelves([test]).map((s) => s.shelf)).toEqual(['tests'])
})

it('what sums rows up to a table is a figure too, and stands on a shelf of its own', () => {
  const of = (file: string) => shipped(`../shape/${file}`)
  const [pivot, group, cross] = ['pivot', 'group', 'cross_table'].map(of) as [Signature, Signature, Signature]
  for (const one of [pivot, group, cross]) expect([one.name, isFigure(one)]).toEqual([one.name, true])
  for (const other of ['one_hot', 'split', 'join', 'sample']) expect([other, isFigure(of(other))]).toEqual([other, false])
  expect(wellsOf(pivot).slice(0, 2).map((w) => [w.param.name, w.zone])).toEqual([['by', 'rows'], ['column', 'columns']])
  expect(shelves([bar, pivot, group]).map((s) => [s.shelf, s.figures.length])).toEqual([['charts', 1], ['tables', 2]])
})
