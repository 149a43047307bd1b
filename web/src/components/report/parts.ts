// What the drawings of a report's charts have in common.
import { axisStyle } from '@/components/chart/base'
import { words, type Lang } from '@/lib/format'
import { SCHEMES, type Mode } from '@/lib/palette'
import { calendarTicks, moment } from './calendar'
import type { Axis, Mark } from './document'
import { formatTick, formatValue } from './numbers'

export interface Setting {
  lang: Lang
  mode: Mode
  width: number
}

export const escape = (text: string) =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c)

export function valueAxis(axis: Axis, { lang, mode, width }: Setting, vertical: boolean) {
  const style = axisStyle(mode)
  return {
    type: 'value' as const,
    name: words(lang, axis.label),
    nameLocation: vertical ? ('end' as const) : ('middle' as const),
    nameGap: vertical ? 14 : 28,
    min: axis.min ?? undefined,
    max: axis.max ?? undefined,
    splitNumber: width < 480 ? 4 : 6,
    ...style,
    nameTextStyle: { ...style.nameTextStyle, align: vertical ? ('left' as const) : ('center' as const) },
    axisLine: { ...style.axisLine, show: !vertical },
    splitLine: { ...style.splitLine, show: vertical },
    axisLabel: { ...style.axisLabel, formatter: (value: number) => formatTick(lang, value, axis.format) },
  }
}

/** An axis along which points stand, with its ends where the first and the last do; times are ticked by the calendar. */
export function alongAxis(axis: Axis, values: number[], setting: Setting) {
  const base = { ...valueAxis(axis, setting, false), min: axis.min ?? ('dataMin' as const), max: axis.max ?? ('dataMax' as const) }
  const [low, high] = ends(axis, values)
  if (axis.format.style !== 'date' || !Number.isFinite(high - low)) return base
  const ticks = calendarTicks(setting.lang, low, high, Math.min(10, Math.max(3, Math.floor(setting.width / 90))))
  const label = new Map(ticks.map((tick) => [tick.value, tick.label]))
  const at = ticks.map((tick) => tick.value)
  return { ...base, min: low, max: high, axisTick: { show: true, customValues: at, lineStyle: base.axisLine.lineStyle }, axisLabel: { ...base.axisLabel, customValues: at, formatter: (value: number) => label.get(value) ?? '' } }
}

function ends(axis: Axis, values: number[]): [number, number] {
  let [low, high] = [axis.min ?? Infinity, axis.max ?? -Infinity]
  for (const value of values) {
    if (axis.min === null || axis.min === undefined) low = Math.min(low, value)
    if (axis.max === null || axis.max === undefined) high = Math.max(high, value)
  }
  return [low, high]
}

/** Where something stands along an axis; with the time of day where the whole axis is a few days and its values have one. */
export function formatAlong(axis: Axis, values: number[], value: number | undefined, lang: Lang): string {
  const [low, high] = ends(axis, values)
  return axis.format.style === 'date' && value !== undefined && high - low < 8 && values.some((v) => v % 1 !== 0) ? moment(lang, value) : formatValue(lang, value, axis.format)
}

export function marks(list: Mark[], { lang, mode }: Setting, swap = false) {
  if (list.length === 0) return undefined
  const s = SCHEMES[mode]
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: s.inkSoft, type: 'dashed' as const, width: 1 },
    label: { color: s.inkSoft, fontSize: 11, position: 'insideEndTop' as const, formatter: '{b}' },
    data: list.map((mark) => {
      const onX = (mark.axis === 'x') !== swap
      return onX
        ? { name: words(lang, mark.label), xAxis: mark.value, label: { rotate: 0, position: 'end' as const } }
        : { name: words(lang, mark.label), yAxis: mark.value }
    }),
  }
}

export const GRID = { left: 4, right: 18, containLabel: true }
export const top = (series: number) => (series > 1 ? 58 : 34)

/** The colour at a share of the way from one to another. */
export function mix(share: number, from: string, to: string): string {
  const part = (at: number) => {
    const [a, b] = [parseInt(from.slice(at, at + 2), 16), parseInt(to.slice(at, at + 2), 16)]
    return Math.round(a + (b - a) * share).toString(16).padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}

/** Dark or white words, whichever reads better on a colour. */
export function inkOn(hex: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0577 ? '#FFFFFF' : '#0B1413'
}
