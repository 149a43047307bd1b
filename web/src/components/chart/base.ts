// What all charts of the product have in common.
import { SCHEMES, type Mode } from '@/lib/palette'
import type { EChartsOption } from './echarts'

/** The page's own font; a canvas can't read a custom property by itself. */
export const pageFont = () => getComputedStyle(document.body).fontFamily

export function axisStyle(mode: Mode) {
  const s = SCHEMES[mode]
  return {
    axisLine: { show: true, lineStyle: { color: s.lineStrong } },
    axisTick: { show: false },
    axisLabel: { color: s.inkSoft, fontSize: 12, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: s.line } },
    nameTextStyle: { color: s.inkFaint, fontSize: 12 },
  }
}

export function baseOption(mode: Mode, still: boolean): EChartsOption {
  const s = SCHEMES[mode]
  return {
    animation: !still,
    animationDuration: 250,
    textStyle: { fontFamily: pageFont(), color: s.ink },
    tooltip: tooltipStyle(mode),
    aria: { enabled: false },
  }
}

export function tooltipStyle(mode: Mode) {
  const s = SCHEMES[mode]
  return {
    backgroundColor: s.raised,
    borderColor: s.lineStrong,
    textStyle: { color: s.ink, fontSize: 12 },
    confine: true,
    extraCssText: 'box-shadow: 0 4px 14px rgb(0 0 0 / 12%); font-variant-numeric: tabular-nums;',
  }
}

export function legendStyle(mode: Mode) {
  return { type: 'scroll' as const, top: 0, left: 0, itemWidth: 14, itemHeight: 8, icon: 'roundRect', textStyle: { color: SCHEMES[mode].inkSoft, fontSize: 12 } }
}
