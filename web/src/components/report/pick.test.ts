import { describe, expect, it } from 'vitest'
import type { Plot } from './document'
import { pointedAt, valueOf, valueOfCell } from './pick'

const same = (text: string) => ({ en: text, 'zh-CN': text })
const axis = { label: same('y'), format: { style: 'decimal' as const, decimals: null, compact: false, currency: null, unit: null }, min: null, max: null }
const other = { en: 'Other', 'zh-CN': '其他' }
const empty = { en: '(empty)', 'zh-CN': '（空）' }
const bar: Plot = { kind: 'bar', category: same('city'), categories: [same('上海'), empty, other], value: axis, horizontal: true, stacked: false, series: [{ name: same('web'), color: 0, values: [1, 2, 3] }], category_colors: null, marks: [] }

describe('a mark stands for', () => {
  it('the value of its category, a missing one too, but nothing where it is all others', () => {
    expect([0, 1, 2, 9].map((dataIndex) => pointedAt(bar, 'category', { dataIndex }, 'en'))).toEqual(['上海', null, undefined, undefined])
    expect(pointedAt(bar, 'series', { dataIndex: 2, seriesName: 'web' }, 'zh-CN')).toBe('web')
  })
  it('the cell of a heat map along the axis that is asked for', () => {
    const heat: Plot = { kind: 'heat_map', x: same('x'), x_categories: [same('a'), same('b')], y: same('y'), y_categories: [same('c')], value: axis, values: [[1, 2]], counts: null }
    expect([pointedAt(heat, 'x', { value: [1, 0, 2] }, 'en'), pointedAt(heat, 'y', { value: [1, 0, 2] }, 'en')]).toEqual(['b', 'c'])
  })
  it('the tile of a treemap, however they are ordered', () => {
    const tree: Plot = { kind: 'treemap', value: axis, items: [same('a'), same('b')].map((name) => ({ name, color: 0, value: 1, detail: null })) }
    expect(pointedAt(tree, 'category', { dataIndex: 0, data: { at: 1 } }, 'en')).toBe('b')
  })
})

it('a cell of a table is what stands in the data', () => {
  const date = { key: 'day', label: same('day'), help: null, type: 'number' as const, format: { ...axis.format, style: 'date' as const }, bar: false }
  expect(valueOfCell(19723, date)).toBe('2024-01-01')
  expect(valueOfCell(null, date)).toBeNull()
  expect(valueOfCell(7, { ...date, format: axis.format })).toBe('7')
  expect(valueOf(other)).toBeUndefined()
})
