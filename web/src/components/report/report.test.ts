import { describe, expect, it } from 'vitest'
import { chartHeight, chartOption } from './charts'
import type { NumberFormat, Plot } from './document'
import { fit, room, shorten, wrap } from './labels'
import { formatCell, formatInterval, formatTick, formatValue } from './numbers'
import { inkOn } from './parts'
import { layOut } from './sankey'
import { inside, squarify } from './treemap'

const format = (style: NumberFormat['style'], extra: Partial<NumberFormat> = {}): NumberFormat => ({
  style, decimals: null, compact: false, currency: null, unit: null, ...extra,
})
const text = (en: string) => ({ en, 'zh-CN': `中${en}` })
const axis = { label: text('y'), format: format('count'), min: null, max: null }
const setting = { lang: 'en' as const, mode: 'light' as const, width: 800 }

describe('numbers of a report', () => {
  it('are written in their own format in each language', () => {
    expect(formatValue('en', 1_388_400, format('money', { currency: 'USD', compact: true }))).toBe('$1.39M')
    expect(formatValue('zh-CN', 388_400, format('money', { currency: 'CNY', compact: true }))).toBe('¥38.8\u00a0万')
    expect(formatValue('en', 388400, format('money'))).toBe('388,400')
    expect(formatValue('en', -12.5, format('money', { currency: 'BRL' }))).toBe('−BRL\u00a012.50')
    expect(formatValue('en', 0.8312, format('percent', { decimals: 1 }))).toBe('83.1%')
    expect(formatValue('en', 18240, format('count', { decimals: 0 }))).toBe('18,240')
    expect(formatValue('en', 17167, format('date'))).toBe('1 Jan 2017')
    expect(formatValue('zh-CN', 17167.5, format('date'))).toBe('2017年1月1日')
    expect(formatValue('en', 39, format('count', { unit: text('weeks') }))).toBe('39\u00a0weeks')
    expect(formatValue('en', null, format('count'))).toBe('–')
  })
  it('say their sign where they are changes', () => {
    const change = format('percent', { decimals: 1, signed: true })
    expect(formatValue('en', 0.0345, change)).toBe('+3.5%')
    expect(formatValue('en', -0.0345, change)).toBe('−3.5%')
    expect(formatValue('en', 0.0001, change)).toBe('0.0%')
    expect(formatValue('en', 0.0345, { ...change, signed: false })).toBe('3.5%')
  })
  it('are rounded as the server rounds: half to even', () => {
    const to = (decimals: number, value: number) => formatValue('en', value, format('decimal', { decimals }))
    expect([to(0, 0.5), to(0, 1.5), to(0, 2.5), to(1, 0.25), to(2, 1.005), to(2, 2.675)]).toEqual(['0', '2', '2', '0.2', '1.00', '2.67'])
  })
  it('are as short on an axis as they can be', () => {
    const tick = (value: number) => formatTick('en', value, format('count'))
    expect([tick(0), tick(2500), tick(50_000), tick(1_500_000), tick(-2e9)]).toEqual(['0', '2,500', '50,000', '1.5M', '−2B'])
    expect(formatTick('zh-CN', 50_000, format('count'))).toBe('5\u00a0万')
    expect(formatTick('en', 0.125, format('percent'))).toBe('12.5%')
  })
  it('carry their interval', () => {
    const number = { value: 5, format: format('decimal', { decimals: 1 }), interval: { low: 4, high: 6.25, level: 0.95 } }
    expect(formatInterval('en', number)).toBe('4.0 – 6.2')
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
  { kind: 'area', x: axis, y: axis, at: [0, 1], series: [{ name: text('a'), color: 0, values: [1, 2] }, { name: text('b'), color: 1, values: [0, 3] }] },
  { kind: 'box', category: text('c'), categories: [text('a')], value: axis, boxes: [{ rows: 5, low: 1, q1: 2, median: 3, q3: 4, high: 5, outliers: [99] }] },
  { kind: 'funnel', value: axis, steps: [{ name: text('visit'), value: 400 }, { name: text('order'), value: 0 }] },
  { kind: 'tile_map', value: axis, tiles: [{ name: text('a'), short: text('a'), column: 0, row: 2, value: 3 }, { name: text('b'), short: text('b'), column: 1, row: 0, value: null }] },
  { kind: 'point_map', value: axis, series: [{ name: text('a'), color: 0, points: [[121.5, 31.2]], sizes: [4] }] },
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
  it('have room for the name of a heat map’s vertical axis, however long it is', () => {
    const plot = { ...(plots[4] as Extract<Plot, { kind: 'heat_map' }>), y: text('The category of the product that was bought, as the shop names it'), y_categories: [text('1')] }
    const { yAxis, grid } = chartOption(plot, { lang: 'en', mode: 'light', width: 300 }) as { yAxis: { name: string; nameLocation: string; nameGap: number }; grid: { top: number } }
    // Written along the width, in a line above the cells.
    expect([yAxis.nameLocation, room(yAxis.name) <= 300]).toEqual(['end', true])
    expect(grid.top).toBeGreaterThan(yAxis.nameGap + 12)
    expect(yAxis.name).toMatch(/^The category of the product that .*…$/)
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

describe('names under an axis', () => {
  it('break at spaces, and Chinese anywhere', () => {
    expect(wrap('Jan 2017', 40)).toEqual(['Jan', '2017'])
    expect(wrap('Jan 2017', 80)).toEqual(['Jan 2017'])
    expect(wrap('Month-to-month', 60)).toEqual(['Month-to-', 'month'])
    expect(wrap('-5', 4)).toEqual(['-5'])
    expect(wrap('重要价值客户', 40)).toEqual(['重要价', '值客户'])
  })
  it('are all shown while two lines hold them', () => {
    expect(fit(['Jan 2017', 'Feb 2017'], 44).axisLabel.interval).toBe(0)
    expect(fit(['Jan 2017', 'Feb 2017'], 20).axisLabel.interval).toBe('auto')
  })
  it('are cut where they must be', () => {
    expect(shorten('household', 42)).toBe('house…')
    expect(shorten('short', 90)).toBe('short')
  })
})

describe('a treemap', () => {
  const values = [1, 73, 0, 10, 16]
  const tiles = squarify(values, 500, 300)
  it('gives each value its share of the ground, and what is nothing none', () => {
    expect(tiles.map((tile) => tile.at)).toEqual([1, 4, 3, 0])
    for (const tile of tiles) expect((tile.width * tile.height) / 1500).toBeCloseTo(values[tile.at] ?? 0)
  })
  it('stays within its frame, and no tile lies on another', () => {
    for (const a of tiles) {
      expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(0)
      expect(a.x + a.width).toBeLessThanOrEqual(500.001)
      expect(a.y + a.height).toBeLessThanOrEqual(300.001)
      for (const b of tiles) {
        if (a !== b) expect(Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) < 0.001 || Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) < 0.001).toBe(true)
      }
    }
  })
  it('writes whole words where there is room, and nothing where there is none', () => {
    const tile = (width: number, height: number) => ({ at: 0, x: 0, y: 0, width, height })
    expect(inside(tile(200, 100), ['High value', '12 · 3%'])).toEqual(['High value', '12 · 3%'])
    expect(inside(tile(60, 100), ['High value', '12 · 3%'])).toEqual(['High', 'value', '12 ·', '3%'])
    expect(inside(tile(60, 50), ['High value', '12 · 3%'])).toEqual(['High', 'value'])
    expect(inside(tile(30, 100), ['High value'])).toEqual([])
  })
})

it('a whole number by magnitude needs no decimals in a table', () => {
  expect(formatCell('en', 18, format('decimal'))).toBe('18')
  expect(formatCell('en', 0.735, format('decimal'))).toBe('0.735')
  expect(formatCell('en', 18, format('decimal', { decimals: 1 }))).toBe('18.0')
  expect(formatCell('en', 18, format('money'))).toBe('18.00')
  expect(formatCell('en', 1_500_000, format('decimal', { compact: true }))).toBe('1.50M')
})

describe('flows between stages', () => {
  const plot = {
    kind: 'sankey' as const, value: axis, stages: [text('from'), text('to')],
    nodes: [{ name: text('a'), stage: 0, color: 0 }, { name: text('b'), stage: 0, color: 1 }, { name: text('c'), stage: 1, color: 2 }],
    links: [{ from: 0, to: 2, value: 30 }, { from: 1, to: 2, value: 10 }, { from: 1, to: 9, value: 5 }],
  }
  const { nodes, ribbons } = layOut(plot, 500)
  it('are as thick as they are much, and fill the parts that they go through', () => {
    expect(ribbons.map((ribbon) => ribbon.value)).toEqual([30, 10])
    expect((ribbons[0]?.thick ?? 0) / (ribbons[1]?.thick ?? 1)).toBeCloseTo(3)
    expect(nodes[2]?.height).toBeCloseTo((ribbons[0]?.thick ?? 0) + (ribbons[1]?.thick ?? 0))
  })
  it('lie beside each other where they arrive', () => {
    expect(ribbons[1]?.end.y).toBeCloseTo((ribbons[0]?.end.y ?? 0) + (ribbons[0]?.thick ?? 0))
    expect(nodes[2]?.x).toBe(488)
  })
  it('are drawn, and drawn where there is nothing', () => {
    expect(chartOption(plot, setting).series).toHaveLength(3)
    expect(chartOption({ ...plot, nodes: [], links: [], stages: [] }, setting).series).toHaveLength(3)
  })
})
