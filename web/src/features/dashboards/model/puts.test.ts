// Whatever is put wherever: each field stays where it was put, and is measured as it was then.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ColumnKind, Signature } from '@/api/workflow'
import type { Field } from './fields'
import { measured } from './measured'
import { chipsIn, fits, isFigure, isShown, put, setMeasure, wellsOf, type Well } from './wells'
import { signatureParams } from '@/components/form/params'

const root = join(import.meta.dirname, '../../../../../crates/tandem-components/src')
const figures = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Signature)
  .filter((one) => Array.isArray(one.inputs) && Array.isArray(one.outputs) && isFigure(one))

const KINDS: ColumnKind[] = ['text', 'integer', 'number', 'decimal', 'date', 'timestamp', 'boolean']
const fields: Field[] = KINDS.flatMap((kind) => ['a', 'b'].map((name) => ({ name: `${kind} ${name}`, column: `${kind} ${name}`, kind })))

/** Numbers from a seed (mulberry32), so that what fails once fails again. */
function from(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) % below
  }
}

const bySignature = (name: string) => figures.find((one) => one.name === name)!

describe('a field that is put into a well', () => {
  it('comes from every component that can be a figure', () => expect(figures.map((one) => one.name)).toEqual(expect.arrayContaining(['pivot', 'group', 'cross-table', 'time-series', 'bar-chart', 'map', 'headline', 'sankey'])))

  it.each(figures.map((one): [string, Signature] => [one.name, one]))('of %s stays there, as do its measure and all others', (_, signature) => {
    const wells = wellsOf(signature)
    for (let seed = 1; seed <= 60; seed += 1) {
      const chance = from(seed)
      let values: Record<string, unknown> = {}
      for (let step = 0; step < 12; step += 1) {
        const well = wells[chance(wells.length)]
        const suits = well ? fields.filter((field) => fits(well, field)) : []
        const field = suits[chance(Math.max(1, suits.length))]
        if (!well || !field) continue
        const before = new Map<Well, unknown>(wells.map((one) => [one, chipsIn(one, values)]))
        const free = well.holds === 'one' || well.param.most === null || chipsIn(well, values).length < well.param.most
        values = put(well, values, field)
        const there = chipsIn(well, values)
        if (free) expect(there.map((chip) => chip.field), `${signature.name}.${well.param.name} ${seed}`).toContain(field.name)
        const other = well.measure?.field.options[chance(well.measure.field.options.length)]
        if (other && chance(2) === 0) values = setMeasure(well, values, there.length - 1, other.value)
        if (other && there.at(-1)) expect(well.measure!.field.options.map((o) => o.value)).toContain(there.at(-1)!.measure)
        for (const one of wells) if (one !== well) expect(chipsIn(one, values), `${one.param.name} after ${well.param.name} ${seed}`).toEqual(before.get(one))
      }
    }
  })
})

it('the columns of a pivot are no measure, whatever they are called', () => {
  const pivot = bySignature('pivot')
  const [columns, value] = ['column', 'value'].map((name) => wellsOf(pivot).find((well) => well.param.name === name)!) as [Well, Well]
  expect([columns.zone, columns.measure?.name ?? null]).toEqual(['columns', null])
  expect([value.zone, value.measure?.name ?? null]).toEqual(['values', 'function'])
  const charges: Field = { name: 'MonthlyCharges', column: 'MonthlyCharges', kind: 'number' }
  const set = put(columns, put(value, {}, charges), { name: 'gender', column: 'gender', kind: 'text' })
  expect(chipsIn(value, set)).toEqual([{ field: 'MonthlyCharges', measure: 'sum' }])
  expect(set).toEqual({ value: 'MonthlyCharges', column: 'gender' })
})

it('a measure is read off the signature: what counts for some of its ways, else the only column beside it', () => {
  const measures = (name: string) => wellsOf(bySignature(name)).flatMap((well) => (well.measure ? [`${well.param.name}/${well.column.name}: ${well.measure.name}`] : []))
  expect(['bar-chart', 'map', 'headline', 'time-series', 'group', 'window', 'cross-table', 'top-values'].map((name) => [name, ...measures(name)])).toEqual([
    ['bar-chart', 'column/column: function'],
    ['map', 'column/column: function'],
    ['headline', 'figures/column: function'],
    ['time-series', 'totals/column: function'],
    ['group', 'totals/column: function'],
    ['window', 'columns/column: function'],
    ['cross-table'],
    ['top-values'],
  ])
  // The same component with other names.
  const renamed = JSON.parse(JSON.stringify(bySignature('pivot')).replaceAll('"function"', '"how"').replaceAll('"column"', '"spread"')) as Signature
  expect(wellsOf(renamed).map((well) => [well.param.name, well.measure?.name ?? null])).toContainEqual(['value', 'how'])
  expect(wellsOf(renamed).find((well) => well.param.name === 'spread')?.measure).toBeNull()
  // What waits for something that is no measure isn't measured by it.
  const region = wellsOf(bySignature('map')).find((well) => well.param.name === 'region')!
  expect(region.measure).toBeNull()
  expect(isShown(region, signatureParams(bySignature('map')), { by: 'point' })).toBe(false)
})

it('a table says its totals and what divides it, at the level that one went down to; a chart does so itself', () => {
  const figure = { source: 'data', component: 'pivot', params: { by: ['Contract'], column: 'gender', value: 'MonthlyCharges' } }
  expect(measured(figure, bySignature('pivot'))).toEqual({ totals: [{ how: { en: 'sum', 'zh-CN': '求和' }, field: 'MonthlyCharges' }], by: ['Contract', 'gender'] })
  const deep = { ...figure, drill: { param: 'column', levels: ['gender', 'Partner'] } }
  expect(measured(deep, bySignature('pivot'), ['Female'])?.by).toEqual(['Contract', 'Partner'])
  expect(measured({ source: 'data', component: 'group', params: {} }, bySignature('group'))).toMatchObject({ totals: [{ how: { en: 'number of rows' }, field: '' }], by: [] })
  expect(measured({ source: 'data', component: 'bar-chart', params: { category: 'gender' } }, bySignature('bar-chart'))).toBeNull()
})
