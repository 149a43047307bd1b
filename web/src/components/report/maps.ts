// Maps without borders: regions as tiles of one size, places as points over degrees.
import { legendStyle, pageFont } from '@/components/chart/base'
import type { EChartsOption } from '@/components/chart/echarts'
import { words } from '@/lib/format'
import { colour, SCHEMES } from '@/lib/palette'
import type { Axis, Plot } from './document'
import { room, shorten } from './labels'
import { formatValue } from './numbers'
import { escape, GRID, inkOn, mix, top, valueAxis, type Setting } from './parts'

type Tiles = Extract<Plot, { kind: 'tile_map' }>
type Places = Extract<Plot, { kind: 'point_map' }>

const TILE = { width: 76, height: 52 }

export function mapHeight(plot: Tiles | Places): number {
  if (plot.kind === 'point_map') return 440
  return (1 + Math.max(0, ...plot.tiles.map((tile) => tile.row))) * TILE.height + 34
}

export function tilesOption(plot: Tiles, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const s = SCHEMES[mode]
  const columns = 1 + Math.max(0, ...plot.tiles.map((tile) => tile.column))
  const [wide, high] = [Math.min(TILE.width, width / columns), Math.min(TILE.height, width / columns)]
  const values = plot.tiles.flatMap((tile) => (tile.value === null ? [] : [tile.value]))
  const low = plot.value.min ?? Math.min(...values)
  const most = plot.value.max ?? Math.max(...values)
  const pale = mode === 'dark' ? '#16302C' : '#E6F2F0'
  const share = (value: number) => (most === low ? 1 : (value - low) / (most - low))
  const show = (value: number | null) => formatValue(lang, value, plot.value.format)
  const legendTop = high * (1 + Math.max(0, ...plot.tiles.map((tile) => tile.row))) + 12
  const label = words(lang, plot.value.label)
  const text = (x: number, y: number, words: string, fill: string, align: 'left' | 'center' = 'center', size = 11) => ({
    type: 'text' as const, silent: true, style: { x, y, text: words, align, verticalAlign: 'middle' as const, fill, fontSize: size, fontFamily: pageFont() },
  })
  const shades = Array.from({ length: 9 }, (_, i) => mix(i / 8, pale, s.accent))
  return {
    tooltip: {
      formatter: (raw) => {
        const { seriesIndex = 0, dataIndex = -1 } = raw as { seriesIndex?: number; dataIndex?: number }
        const tile = seriesIndex === 0 ? plot.tiles[dataIndex] : undefined
        return tile ? `${escape(words(lang, tile.name))}<br/>${escape(label)} <b>${escape(show(tile.value))}</b>` : ''
      },
    },
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        data: plot.tiles.map((tile) => ({ value: tile.value ?? 0 })),
        renderItem: (params) => {
          const tile = plot.tiles[params.dataIndex]
          if (!tile) return null
          const fill = tile.value === null ? s.sunken : mix(share(tile.value), pale, s.accent)
          const ink = tile.value === null ? s.inkFaint : inkOn(fill)
          const [x, y] = [tile.column * wide, tile.row * high]
          const middle = x + wide / 2 - 1
          const number = tile.value === null ? '' : formatValue(lang, tile.value, plot.value.format, true)
          return {
            type: 'group',
            children: [
              { type: 'rect', shape: { x, y, width: wide - 2, height: high - 2, r: 3 }, style: { fill, stroke: tile.value === null ? s.line : undefined } },
              text(middle, y + high * (number ? 0.36 : 0.48), shorten(words(lang, tile.short), wide - 4), ink),
              text(middle, y + high * 0.68, room(number) < wide ? number : '', ink),
            ],
          }
        },
      },
      {
        type: 'custom',
        coordinateSystem: 'none',
        silent: true,
        tooltip: { show: false },
        data: values.length > 0 ? [{ value: 0 }] : [],
        renderItem: () => {
          const [from, to] = [show(low), show(most)]
          const start = room(label) + 12
          const bars = start + room(from) + 6
          return {
            type: 'group',
            children: [
              text(0, legendTop + 6, label, s.inkSoft, 'left', 12),
              text(start, legendTop + 6, from, s.inkSoft, 'left', 12),
              ...shades.map((fill, i) => ({ type: 'rect' as const, shape: { x: bars + i * 14, y: legendTop, width: 13, height: 11 }, style: { fill } })),
              text(bars + 9 * 14 + 6, legendTop + 6, to, s.inkSoft, 'left', 12),
            ],
          }
        },
      },
    ],
  }
}

/** Degrees along both axes, in the proportions of the parallel in the middle. */
export function placesOption(plot: Places, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const all = plot.series.flatMap((series) => series.points)
  const ends = (at: 0 | 1): [number, number] => {
    const values = all.map((point) => point[at])
    const [low, high] = values.length > 0 ? [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))] : [0, 1]
    const margin = Math.max(0.005, (high - low) * 0.05)
    return [low - margin, high + margin]
  }
  const [[west, east], [south, north]] = [ends(0), ends(1)]
  const shrink = Math.max(0.2, Math.cos((((south + north) / 2) * Math.PI) / 180))
  const high = mapHeight(plot) - top(plot.series.length) - 60
  const wide = Math.min(width - 70, (high * (east - west) * shrink) / (north - south))
  const axis = (en: string, zh: string, min: number, max: number): Axis => ({
    label: { en, 'zh-CN': zh }, format: { style: 'decimal', decimals: null, compact: false, currency: null, unit: null }, min, max,
  })
  const most = plot.series.flatMap((series) => series.sizes ?? []).reduce((a, b) => Math.max(a, b), 0)
  const round = (value: number) => Math.round(value * 1000) / 1000
  return {
    grid: { ...GRID, top: top(plot.series.length), bottom: 34, right: Math.max(18, width - wide - 60) },
    legend: plot.series.length > 1 ? legendStyle(mode) : undefined,
    tooltip: {
      trigger: 'item',
      formatter: (raw) => {
        const item = raw as { seriesName?: string; value?: unknown }
        const [x, y, size] = item.value as [number, number, number | undefined]
        const amount = plot.value && size !== undefined ? `<br/>${escape(words(lang, plot.value.label))} <b>${escape(formatValue(lang, size, plot.value.format))}</b>` : ''
        return `${escape(item.seriesName ?? '')}<br/>${round(x)}°, ${round(y)}°${amount}`
      },
    },
    xAxis: { ...valueAxis(axis('Longitude (°)', '经度（°）', round(west), round(east)), setting, false), splitLine: { show: true, lineStyle: { color: SCHEMES[mode].line } } },
    yAxis: valueAxis(axis('Latitude (°)', '纬度（°）', round(south), round(north)), setting, true),
    series: plot.series.map((series) => ({
      type: 'scatter' as const,
      name: words(lang, series.name),
      data: series.points.map((point, i) => (series.sizes ? [...point, series.sizes[i] ?? 0] : point)),
      symbolSize: series.sizes && most > 0 ? (value: number[]) => 4 + 28 * Math.sqrt((value[2] ?? 0) / most) : 7,
      itemStyle: { color: colour(mode, series.color), opacity: 0.7 },
    })),
  }
}
