// Areas on top of each other, boxes with whiskers, funnels.
import { axisStyle, legendStyle, pageFont } from '@/components/chart/base'
import type { EChartsOption } from '@/components/chart/echarts'
import { words } from '@/lib/format'
import { colour, SCHEMES } from '@/lib/palette'
import type { Plot } from './document'
import { room, shorten } from './labels'
import { formatValue } from './numbers'
import { alongAxis, escape, formatAlong, GRID, top, valueAxis, type Setting } from './parts'

type Of<K extends Plot['kind']> = Extract<Plot, { kind: K }>

export function areaOption(plot: Of<'area'>, setting: Setting): EChartsOption {
  const { lang, mode } = setting
  return {
    grid: { ...GRID, top: top(plot.series.length), bottom: 34 },
    legend: plot.series.length > 1 ? legendStyle(mode) : undefined,
    tooltip: {
      trigger: 'axis',
      formatter: (raw) => {
        const items = (Array.isArray(raw) ? raw : [raw]) as { seriesName?: string; marker?: unknown; value?: unknown }[]
        const at = (items[0]?.value as [number, number] | undefined)?.[0]
        // What is on top in the picture is on top in the list.
        const lines = [...items].reverse().map((item) => `${String(item.marker ?? '')}${escape(item.seriesName ?? '')} <b>${escape(formatValue(lang, (item.value as [number, number])[1], plot.y.format))}</b>`)
        return [`${escape(words(lang, plot.x.label))} ${escape(formatAlong(plot.x, plot.at, at, lang))}`, ...lines].join('<br/>')
      },
    },
    xAxis: alongAxis(plot.x, plot.at, setting),
    yAxis: valueAxis(plot.y, setting, true),
    series: plot.series.map((series) => ({
      type: 'line' as const,
      name: words(lang, series.name),
      stack: 'all',
      symbol: 'none',
      lineStyle: { width: 1, color: colour(mode, series.color) },
      itemStyle: { color: colour(mode, series.color) },
      areaStyle: { color: colour(mode, series.color), opacity: 0.8 },
      data: plot.at.map((x, i) => [x, series.values[i] ?? 0] as [number, number]),
    })),
  }
}

export function boxOption(plot: Of<'box'>, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const style = axisStyle(mode)
  const s = SCHEMES[mode]
  const names = plot.categories.map((c) => words(lang, c))
  const show = (value: number) => escape(formatValue(lang, value, plot.value.format))
  const label = { low: lang === 'en' ? 'Whiskers' : '须', box: lang === 'en' ? 'Quartiles' : '四分位数', median: lang === 'en' ? 'Median' : '中位数' }
  return {
    grid: { ...GRID, top: 8, bottom: 34 },
    tooltip: {
      trigger: 'item',
      formatter: (raw) => {
        const { seriesType, value } = raw as { seriesType?: string; value?: unknown }
        if (seriesType === 'scatter') {
          const [x, y] = value as [number, number]
          return `${escape(names[y] ?? '')}<br/><b>${show(x)}</b>`
        }
        const at = (value as number[])[0] ?? 0
        const box = plot.boxes[at]
        if (!box) return ''
        return [
          `${escape(names[at] ?? '')} (${box.rows.toLocaleString(lang)})`,
          `${label.median} <b>${show(box.median)}</b>`,
          `${label.box} <b>${show(box.q1)} – ${show(box.q3)}</b>`,
          `${label.low} <b>${show(box.low)} – ${show(box.high)}</b>`,
        ].join('<br/>')
      },
    },
    xAxis: { ...valueAxis(plot.value, setting, false), scale: true, splitLine: { ...style.splitLine, show: true } },
    yAxis: {
      type: 'category',
      data: names,
      inverse: true,
      ...style,
      splitLine: { show: false },
      axisLabel: { ...style.axisLabel, hideOverlap: false, interval: 0, formatter: (name: string) => shorten(name, width * 0.34) },
    },
    series: [
      {
        type: 'custom',
        data: plot.boxes.map((box, i) => [i, box.low, box.q1, box.median, box.q3, box.high]),
        encode: { y: 0, x: [1, 2, 3, 4, 5] },
        renderItem: (_, api) => {
          const at = (value: number) => api.coord([value, api.value(0)])
          const [low, q1, median, q3, high] = [1, 2, 3, 4, 5].map((dimension) => at(Number(api.value(dimension)))[0] ?? 0) as [number, number, number, number, number]
          const y = at(Number(api.value(1)))[1] ?? 0
          const line = (x1: number, y1: number, x2: number, y2: number, thick = false) => ({
            type: 'line' as const, shape: { x1, y1, x2, y2 }, style: { stroke: thick ? s.ink : s.inkSoft, lineWidth: thick ? 2 : 1 },
          })
          const fill = colour(mode, 0)
          return {
            type: 'group',
            children: [
              line(low, y, q1, y), line(q3, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5),
              { type: 'rect', shape: { x: q1, y: y - 9, width: Math.max(1, q3 - q1), height: 18 }, style: { fill, fillOpacity: 0.35, stroke: fill } },
              line(median, y - 9, median, y + 9, true),
            ],
          }
        },
      },
      {
        type: 'scatter',
        symbolSize: 5,
        itemStyle: { color: colour(mode, 1), opacity: 0.75 },
        data: plot.boxes.flatMap((box, i) => box.outliers.map((value) => [value, i] as [number, number])),
      },
    ],
  }
}

export const FUNNEL_SLOT = 46
const BAR = 28

export function funnelOption(plot: Of<'funnel'>, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const s = SCHEMES[mode]
  const share = (value: number, of: number | undefined) =>
    of ? new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 1 }).format(value / of) : '–'
  const rows = plot.steps.map((step, i) => ({
    name: words(lang, step.name),
    value: `${formatValue(lang, step.value, plot.value.format)} · ${share(step.value, plot.steps[0]?.value)}`,
    before: i === 0 ? '' : `↓ ${share(step.value, plot.steps[i - 1]?.value)}`,
  }))
  const left = Math.min(width * 0.34, Math.max(0, ...rows.map((row) => room(row.name))) + 12)
  const right = width - Math.max(0, ...rows.map((row) => room(row.value))) - 16
  const most = Math.max(0, ...plot.steps.map((step) => step.value))
  const text = (x: number, y: number, words: string, align: 'left' | 'center' | 'right', fill: string) => ({
    type: 'text' as const, silent: true, style: { x, y, text: words, align, verticalAlign: 'middle' as const, fill, fontSize: 12, fontFamily: pageFont() },
  })
  return {
    tooltip: {
      formatter: (raw) => {
        const row = rows[(raw as { dataIndex?: number }).dataIndex ?? -1]
        return row ? `${escape(row.name)}<br/>${escape(words(lang, plot.value.label))} <b>${escape(row.value)}</b>` : ''
      },
    },
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        data: plot.steps.map((step) => ({ value: step.value })),
        renderItem: (params) => {
          const [step, row] = [plot.steps[params.dataIndex], rows[params.dataIndex]]
          if (!step || !row) return null
          const y = 20 + params.dataIndex * FUNNEL_SLOT
          const wide = Math.max(2, (right - left) * (most > 0 ? step.value / most : 0))
          const middle = (left + right) / 2
          return {
            type: 'group',
            children: [
              { type: 'rect', shape: { x: middle - wide / 2, y, width: wide, height: BAR, r: 2 }, style: { fill: colour(mode, 0) } },
              text(left - 8, y + BAR / 2, shorten(row.name, left - 12), 'right', s.ink),
              text(right + 8, y + BAR / 2, row.value, 'left', s.inkSoft),
              text(middle, y - 9, row.before, 'center', s.inkFaint),
            ],
          }
        },
      },
    ],
  }
}
