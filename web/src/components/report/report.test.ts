import { describe, expect, it } from 'vitest'
import { chartHeight, chartOption, inkOn } from './charts'
import type { NumberFormat, Plot } from './document'
import { formatInterval, formatValue } from './numbers'

const format = (style: NumberFormat['style'], extra: Partial<NumberFormat> = {}): NumberFormat => ({
  style, decimals: null, compact: false, currency: null, unit: null, ...extra,
})
const text = (en: string) => ({ en, 'zh-CN': `中${en}` })
const axis = { label: text('y'), format: format('count'), min: null, max: null }
const setting = { lang: 'en' as const, mode: 'light' as const, width: 800 }

describe('numbers of a report', () => {
  it('are written in their own format in each language', () => {
    expect(formatValue('en', 388400, format('money', { currency: 'USD', compact: true }))).toBe('$388.4K')
    expect(formatValue('zh-CN', 388400, format('money', { currency: 'CNY', compact: true }))).toBe('¥38.8万')
    expect(formatValue('en', 388400, format('money'))).toBe('388,400')
    expect(formatValue('en', 0.8312, format('percent', { decimals: 1 }))).toBe('83.1%')
    expect(formatValue('en', 18240, format('count', { decimals: 0 }))).toBe('18,240')
    expect(formatValue('en', 17167, format('date'))).toBe('Jan 1, 2017')
    expect(formatValue('en', 39, format('count', { unit: text('weeks') }))).toBe('39 weeks')
    expect(formatValue('en', null, format('count'))).toBe('–')
  })
  it('carry their interval', () => {
    const number = { value: 5, format: format('decimal', { decimals: 1 }), interval: { low: 4, high: 6.25, level: 0.95 } }
    expect(formatInterval('en', number)).toBe('4.0 – 6.3')
    expect(formatInterval('en', { ...number, interval: null })).toBeNull()
  })
})

const plots: Plot[] = [
  { kind: 'line', x: axis, y: axis, marks: [{ axis: 'x', value: 3, label: text('here') }], series: [
    { name: text('a'), color: null, dashed: true, area: false, points: [[0, 1], [1, 2]], band: [[0, 0.5, 1.5], [1, 1, 3]] },
    { name: text('b'), color: 2, dashed: false, area: true, points: [[0, 1]], band: null },
  ] },
  { kind: 'scatter', x: axis, y: axis, marks: [], series: [{ name: text('a'), color: 1, points: [[1, 2]] }] },
  { kind: 'bar', category: text('c'), categories: [text('a'), text('b')], value: axis, horizontal: true, stacked: false, series: [{ name: text('n'), color: 0, values: [1, null] }], category_colors: [3, 4], marks: [{ axis: 'x', value: 1, label: text('one') }] },
  { kind: 'histogram', x: axis, y: axis, edges: [0, 1, 2], counts: [5, 7], color: 0, marks: [] },
  { kind: 'heat_map', x: text('x'), x_categories: [text('1'), text('2')], y: text('y'), y_categories: [text('1')], value: axis, values: [[0.5, null]], counts: null },
  { kind: 'treemap', value: axis, items: [{ name: text('a'), color: 0, value: 3, detail: null }, { name: text('b'), color: 1, value: 1, detail: text('d') }] },
]
interface Drawn {
  series: { type: string; data?: unknown[]; itemStyle?: { color?: string }; markLine?: { data: unknown[] }; name?: string }[]
}
const draw = (plot: Plot) => chartOption(plot, setting) as unknown as Drawn

describe('charts of a report', () => {
  it.each(plots.map((p) => [p.kind, p] as const))('%s is drawn with a height of its own', (_, plot) => {
    expect(draw(plot).series.length).toBeGreaterThan(0)
    expect(chartHeight(plot)).toBeGreaterThan(40)
  })
  it('give a category its own colour everywhere', () => {
    const bar = draw(plots[2] as Plot).series[0]?.data as { itemStyle: { color: string } }[]
    expect(bar[0]?.itemStyle.color).toBe('#7F5402')
    const tree = draw(plots[5] as Plot).series[0]?.data as { itemStyle: { color: string } }[]
    expect(tree[1]?.itemStyle.color).toBe('#F0632E')
  })
  it('draw a band from low to high below its line', () => {
    const series = draw(plots[0] as Plot).series
    expect(series).toHaveLength(4)
    expect(series[1]?.data).toEqual([[0, 1], [1, 2]])
    expect(series[2]?.markLine?.data).toHaveLength(1)
  })
  it('turn reference lines with the bars', () => {
    const mark = draw(plots[2] as Plot).series[0]?.markLine?.data[0]
    expect(mark).toMatchObject({ yAxis: 1 })
  })
  it('leave out cells without a value', () => {
    expect(draw(plots[4] as Plot).series[0]?.data).toHaveLength(1)
  })
  it('speak the language asked for', () => {
    const zh = chartOption(plots[1] as Plot, { ...setting, lang: 'zh-CN' }) as unknown as Drawn
    expect(zh.series[0]?.name).toBe('中a')
  })
})

it('words on a colour are dark or white, whichever can be read', () => {
  expect(inkOn('#0F766E')).toBe('#FFFFFF')
  expect(inkOn('#F3D953')).toBe('#0B1413')
  expect(inkOn('#F0632E')).toBe('#0B1413')
})
