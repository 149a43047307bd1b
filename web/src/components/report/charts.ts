// From the report's charts to drawings. Pure: a plot, a language, a theme and a
// width in; an ECharts option out.
import { axisStyle, legendStyle, pageFont } from '@/components/chart/base'
import type { EChartsOption } from '@/components/chart/echarts'
import { words } from '@/lib/format'
import { colour, SCHEMES } from '@/lib/palette'
import type { LineSeries, Plot } from './document'
import { areaOption, boxOption, FUNNEL_SLOT, funnelOption } from './figures'
import { formatValue } from './numbers'
import { fit, room, shorten } from './labels'
import { mapHeight, placesOption, tilesOption } from './maps'
import { alongAxis, escape, formatAlong, GRID, inkOn, marks, mix, top, valueAxis, type Setting } from './parts'
import { sankeyOption } from './sankey'
import { inside, LINE, squarify, type Tile } from './treemap'

function lineOption(plot: Extract<Plot, { kind: 'line' }>, setting: Setting): EChartsOption {
  const { lang, mode } = setting
  const ink = SCHEMES[mode].inkSoft
  const along = plot.series.flatMap((series) => series.points.map(([x]) => x))
  const tint = (series: LineSeries) => (series.color === null ? ink : colour(mode, series.color))
  const bands = plot.series.flatMap((series, index) => {
    if (!series.band) return []
    const stack = `band${index}`
    const shared = { type: 'line' as const, stack, symbol: 'none', lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, stackStrategy: 'all' as const }
    return [
      { ...shared, data: series.band.map(([x, low]) => [x, low] as [number, number]) },
      { ...shared, areaStyle: { color: tint(series), opacity: 0.14 }, data: series.band.map(([x, low, high]) => [x, high - low] as [number, number]) },
    ]
  })
  return {
    grid: { ...GRID, top: top(plot.series.length), bottom: 34 },
    legend: plot.series.length > 1 ? { ...legendStyle(mode), icon: undefined, itemWidth: 22, data: plot.series.map((s) => words(lang, s.name)) } : undefined,
    tooltip: {
      trigger: 'axis',
      formatter: (raw) => {
        const items = (Array.isArray(raw) ? raw : [raw]) as { seriesName?: string; marker?: unknown; value?: unknown }[]
        const named = items.filter((item) => item.seriesName && !item.seriesName.startsWith('series'))
        const at = (named[0]?.value as [number, number] | undefined)?.[0]
        const lines = named.map((item) => `${String(item.marker ?? '')}${escape(item.seriesName ?? '')} <b>${escape(formatValue(lang, (item.value as [number, number])[1], plot.y.format))}</b>`)
        return [`${escape(words(lang, plot.x.label))} ${escape(formatAlong(plot.x, along, at, lang))}`, ...lines].join('<br/>')
      },
    },
    xAxis: alongAxis(plot.x, along, setting),
    yAxis: valueAxis(plot.y, setting, true),
    series: [
      ...bands,
      ...plot.series.map((series, index) => ({
        type: 'line' as const,
        name: words(lang, series.name),
        data: series.points,
        symbol: series.points.length <= 12 ? 'circle' : 'none',
        symbolSize: 6,
        lineStyle: { width: 2, type: series.dashed ? ('dashed' as const) : ('solid' as const), color: tint(series) },
        itemStyle: { color: tint(series) },
        areaStyle: series.area ? { color: tint(series), opacity: 0.12 } : undefined,
        markLine: index === 0 ? marks(plot.marks, setting) : undefined,
      })),
    ],
  }
}

function scatterOption(plot: Extract<Plot, { kind: 'scatter' }>, setting: Setting): EChartsOption {
  const { lang, mode } = setting
  const along = plot.series.flatMap((series) => series.points.map(([x]) => x))
  return {
    grid: { ...GRID, top: top(plot.series.length), bottom: 34 },
    legend: plot.series.length > 1 ? legendStyle(mode) : undefined,
    tooltip: {
      trigger: 'item',
      formatter: (raw) => {
        const item = raw as { seriesName?: string; value?: unknown }
        const [x, y] = item.value as [number, number]
        return `${escape(item.seriesName ?? '')}<br/>${escape(words(lang, plot.x.label))} <b>${escape(formatAlong(plot.x, along, x, lang))}</b><br/>${escape(words(lang, plot.y.label))} <b>${escape(formatValue(lang, y, plot.y.format))}</b>`
      },
    },
    xAxis: plot.x.format.style === 'date' ? alongAxis(plot.x, along, setting) : { ...valueAxis(plot.x, setting, false), scale: true },
    yAxis: { ...valueAxis(plot.y, setting, true), scale: true },
    series: plot.series.map((series, index) => ({
      type: 'scatter' as const,
      name: words(lang, series.name),
      data: series.points,
      symbolSize: series.points.length > 500 ? 4 : 7,
      itemStyle: { color: colour(mode, series.color), opacity: 0.75 },
      markLine: index === 0 ? marks(plot.marks, setting) : undefined,
    })),
  }
}

function barOption(plot: Extract<Plot, { kind: 'bar' }>, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const style = axisStyle(mode)
  const names = plot.categories.map((c) => words(lang, c))
  const labels = fit(names, (width - 60) / Math.max(1, names.length))
  const category = {
    type: 'category' as const,
    data: names,
    inverse: plot.horizontal,
    name: plot.horizontal ? undefined : words(lang, plot.category),
    nameLocation: 'middle' as const,
    nameGap: labels.height + 12,
    ...style,
    splitLine: { show: false },
    axisLabel: plot.horizontal
      ? { ...style.axisLabel, hideOverlap: false, interval: 0, formatter: (name: string) => shorten(name, width * 0.34) }
      : { ...style.axisLabel, ...labels.axisLabel },
  }
  const value = valueAxis(plot.value, setting, !plot.horizontal)
  const single = plot.series.length === 1
  const labelled = single && (plot.horizontal ? true : width / Math.max(1, names.length) > 46)
  return {
    grid: { ...GRID, top: plot.horizontal ? (single ? 8 : 34) : top(plot.series.length), bottom: plot.horizontal ? 34 : 34, right: plot.horizontal && labelled ? 64 : 18 },
    legend: single ? undefined : legendStyle(mode),
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (v) => formatValue(lang, typeof v === 'number' ? v : null, plot.value.format) },
    xAxis: plot.horizontal ? { ...value, splitLine: { ...style.splitLine, show: true } } : category,
    yAxis: plot.horizontal ? category : value,
    series: plot.series.map((series, index) => ({
      type: 'bar' as const,
      name: words(lang, series.name),
      stack: plot.stacked ? 'all' : undefined,
      barMaxWidth: plot.horizontal ? 22 : 46,
      barCategoryGap: '28%',
      itemStyle: { color: colour(mode, series.color), borderRadius: plot.stacked ? 0 : plot.horizontal ? [0, 2, 2, 0] : [2, 2, 0, 0] },
      data: series.values.map((v, i) => (plot.category_colors && single ? { value: v ?? undefined, itemStyle: { color: colour(mode, plot.category_colors[i] ?? 0) } } : (v ?? undefined))) as number[],
      label: labelled
        ? { show: true, position: plot.horizontal ? ('right' as const) : ('top' as const), color: SCHEMES[mode].inkSoft, fontSize: 11, formatter: (p) => formatValue(lang, typeof p.value === 'number' ? p.value : null, plot.value.format, true) }
        : undefined,
      markLine: index === 0 ? marks(plot.marks, setting, plot.horizontal) : undefined,
    })),
  }
}

function histogramOption(plot: Extract<Plot, { kind: 'histogram' }>, setting: Setting): EChartsOption {
  const { lang, mode } = setting
  const data = plot.counts.map((count, i) => [plot.edges[i] ?? 0, plot.edges[i + 1] ?? 0, count])
  const tint = colour(mode, plot.color)
  return {
    grid: { ...GRID, top: 34, bottom: 34 },
    tooltip: {
      trigger: 'item',
      formatter: (raw) => {
        const [from, to, count] = (raw as { value?: unknown }).value as [number, number, number]
        return `${escape(formatValue(lang, from, plot.x.format))} – ${escape(formatValue(lang, to, plot.x.format))}<br/>${escape(words(lang, plot.y.label))} <b>${escape(formatValue(lang, count, plot.y.format))}</b>`
      },
    },
    xAxis: plot.x.format.style === 'date' ? alongAxis(plot.x, plot.edges, setting) : { ...valueAxis(plot.x, setting, false), min: plot.x.min ?? plot.edges[0], max: plot.x.max ?? plot.edges.at(-1) },
    yAxis: valueAxis(plot.y, setting, true),
    series: [
      {
        type: 'custom',
        data,
        encode: { x: [0, 1], y: 2 },
        renderItem: (_, api) => {
          const start = api.coord([api.value(0), api.value(2)])
          const end = api.coord([api.value(1), 0])
          const [x, y] = [start[0] ?? 0, start[1] ?? 0]
          return {
            type: 'rect',
            shape: { x: x + 0.5, y, width: Math.max(1, (end[0] ?? 0) - x - 1), height: (end[1] ?? 0) - y },
            style: { fill: tint, opacity: 0.9 },
          }
        },
        markLine: marks(plot.marks, setting),
      },
    ],
  }
}

/** Room for the name of its vertical axis. */
const HEAT_TOP = 26

function heatOption(plot: Extract<Plot, { kind: 'heat_map' }>, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const style = axisStyle(mode)
  const s = SCHEMES[mode]
  const cells = plot.values.flatMap((row, y) => row.flatMap((v, x) => (v === null ? [] : [[x, y, v] as [number, number, number]])))
  const all = cells.map((c) => c[2])
  const low = plot.value.min ?? Math.min(...all)
  const high = plot.value.max ?? Math.max(...all)
  const pale = mode === 'dark' ? '#16302C' : '#E6F2F0'
  const roomy = width / Math.max(1, plot.x_categories.length) > 52
  // The name of the vertical axis stands above it, from the left: however long labels and name are, all of it can be read.
  const down = plot.y_categories.map((c) => words(lang, c))
  const most = width * 0.3
  const beside = Math.min(most, Math.max(0, ...down.map(room)))
  const labels = fit(plot.x_categories.map((c) => words(lang, c)), (width - beside - 30) / Math.max(1, plot.x_categories.length))
  const axis = (name: string, data: string[]) => ({
    type: 'category' as const, name, data, nameLocation: 'middle' as const, ...style, splitLine: { show: false }, axisLine: { show: false },
  })
  return {
    // Labels and names lie in margins that were counted out for them.
    grid: { left: beside + 12, right: 18, top: HEAT_TOP, bottom: labels.height + 30 },
    tooltip: {
      trigger: 'item',
      formatter: (raw) => {
        const [x, y, v] = (raw as { value?: unknown }).value as [number, number, number]
        const head = `${escape(words(lang, plot.x))} ${escape(words(lang, plot.x_categories[x]))} · ${escape(words(lang, plot.y))} ${escape(words(lang, plot.y_categories[y]))}`
        const count = plot.counts?.[y]?.[x]
        return `${head}<br/>${escape(words(lang, plot.value.label))} <b>${escape(formatValue(lang, v, plot.value.format))}</b>${count === undefined ? '' : ` (${count.toLocaleString(lang)})`}`
      },
    },
    visualMap: { show: false, min: low, max: high, inRange: { color: [pale, s.accent] } },
    xAxis: { ...axis(words(lang, plot.x), plot.x_categories.map((c) => words(lang, c))), nameGap: labels.height + 12, axisLabel: { ...style.axisLabel, ...labels.axisLabel } },
    yAxis: { ...axis(shorten(words(lang, plot.y), width - 12), down), nameLocation: 'end', nameMoveOverlap: false, nameGap: 9, nameTextStyle: { ...style.nameTextStyle, align: 'left', padding: [0, 0, 0, -beside - 8] }, axisLabel: { ...style.axisLabel, hideOverlap: false, interval: 0, formatter: (name: string) => shorten(name, most) } },
    series: [
      {
        type: 'heatmap',
        data: cells.map((cell) => ({ value: cell, label: { color: inkOn(mix(low === high ? 1 : (cell[2] - low) / (high - low), pale, s.accent)) } })),
        itemStyle: { borderColor: s.ground, borderWidth: 1 },
        label: {
          show: roomy,
          fontSize: 11,
          formatter: (p) => formatValue(lang, (p.value as [number, number, number])[2], plot.value.format),
        },
      },
    ],
  }
}

function treemapOption(plot: Extract<Plot, { kind: 'treemap' }>, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const total = plot.items.reduce((sum, item) => sum + item.value, 0)
  const share = (value: number) => new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: value / total < 0.1 ? 1 : 0 }).format(total ? value / total : 0)
  const tiles = squarify(plot.items.map((item) => item.value), width, chartHeight(plot))
  const written = (tile: Tile) => {
    const item = plot.items[tile.at]
    const value = item && formatValue(lang, item.value, plot.value.format, true)
    return item ? inside(tile, [words(lang, item.name), `${value} · ${share(item.value)}`, words(lang, item.detail)].filter(Boolean)).join('\n') : ''
  }
  return {
    tooltip: {
      formatter: (raw) => {
        const item = plot.items[(raw as { data?: { at?: number } }).data?.at ?? -1]
        if (!item) return ''
        return `${escape(words(lang, item.name))}<br/>${escape(words(lang, plot.value.label))} <b>${escape(formatValue(lang, item.value, plot.value.format))}</b> (${share(item.value)})${item.detail ? `<br/>${escape(words(lang, item.detail))}` : ''}`
      },
    },
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        data: tiles.map((tile) => ({ value: plot.items[tile.at]?.value ?? 0, at: tile.at, itemStyle: { color: colour(mode, plot.items[tile.at]?.color ?? 0) } })),
        renderItem: (params) => {
          const tile = tiles[params.dataIndex]
          if (!tile) return null
          const fill = colour(mode, plot.items[tile.at]?.color ?? 0)
          return {
            type: 'group',
            children: [
              { type: 'rect', shape: { x: tile.x + 1, y: tile.y + 1, width: Math.max(1, tile.width - 2), height: Math.max(1, tile.height - 2), r: 2 }, style: { fill } },
              { type: 'text', silent: true, style: { x: tile.x + 8, y: tile.y + 6, text: written(tile), fill: inkOn(fill), fontSize: 12, fontFamily: pageFont(), lineHeight: LINE } },
            ],
          }
        },
      },
    ],
  }
}

export function chartOption(plot: Plot, setting: Setting): EChartsOption {
  switch (plot.kind) {
    case 'line':
      return lineOption(plot, setting)
    case 'scatter':
      return scatterOption(plot, setting)
    case 'bar':
      return barOption(plot, setting)
    case 'histogram':
      return histogramOption(plot, setting)
    case 'heat_map':
      return heatOption(plot, setting)
    case 'treemap':
      return treemapOption(plot, setting)
    case 'area':
      return areaOption(plot, setting)
    case 'box':
      return boxOption(plot, setting)
    case 'funnel':
      return funnelOption(plot, setting)
    case 'sankey':
      return sankeyOption(plot, setting)
    case 'tile_map':
      return tilesOption(plot, setting)
    case 'point_map':
      return placesOption(plot, setting)
    default:
      // A newer server may send a kind of chart that this page doesn't know.
      return {}
  }
}

/** How tall a chart wants to be. */
export function chartHeight(plot: Plot): number {
  if (plot.kind === 'bar' && plot.horizontal) return 60 + plot.categories.length * (plot.stacked ? 30 : 26 + 8 * (plot.series.length - 1))
  if (plot.kind === 'heat_map') return 62 + HEAT_TOP + plot.y_categories.length * 34
  if (plot.kind === 'box') return 70 + plot.categories.length * 34
  if (plot.kind === 'funnel') return 30 + plot.steps.length * FUNNEL_SLOT
  if (plot.kind === 'sankey') return 380
  if (plot.kind === 'tile_map' || plot.kind === 'point_map') return mapHeight(plot)
  return plot.kind === 'treemap' ? 330 : 300
}
