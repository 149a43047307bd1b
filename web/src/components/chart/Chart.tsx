import { useEffect, useRef, useState } from 'react'
import type { Mode } from '@/lib/palette'
import { useThemeMode } from '@/lib/theme'
import { useReducedMotion } from '@/lib/useMedia'
import { baseOption, tooltipStyle } from './base'
import type { ECharts, EChartsOption } from './echarts'

interface Props {
  /** Makes the drawing for the theme on screen and the width there is. */
  option: (mode: Mode, width: number) => EChartsOption
  /** What one sees, for who can't. */
  label: string
  height: number | string
  /** Many points are drawn as pixels, few as shapes (which print well). */
  dense?: boolean
  /** A mark was pointed at. */
  onMark?: (event: MarkEvent) => void
}

/** What ECharts says of a mark. */
interface MarkEvent {
  dataIndex?: number
  seriesIndex?: number
  seriesName?: string
  seriesType?: string
  data?: unknown
  value?: unknown
}

/** A drawing by ECharts, loaded when the first one is shown. */
export function Chart({ option, label, height, dense, onMark }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(null)
  const mode = useThemeMode()
  const still = useReducedMotion()
  const [ready, setReady] = useState(false)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    let gone = false
    const element = host.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      setWidth(Math.round(element.clientWidth))
      chart.current?.resize()
    })
    void import('./echarts').then(({ init }) => {
      if (gone) return
      chart.current = init(element, undefined, { renderer: dense ? 'canvas' : 'svg' })
      setWidth(Math.round(element.clientWidth))
      observer.observe(element)
      setReady(true)
    })
    return () => {
      gone = true
      observer.disconnect()
      chart.current?.dispose()
      chart.current = null
      setReady(false)
    }
  }, [dense])
  useEffect(() => {
    const drawn = chart.current
    if (!ready || !drawn || !onMark) return
    const pointed = (event: unknown) => onMark(event as MarkEvent)
    drawn.on('click', pointed)
    return () => {
      if (!drawn.isDisposed()) drawn.off('click', pointed)
    }
  }, [ready, onMark])
  useEffect(() => {
    if (!ready || width === 0) return
    const own = option(mode, width)
    const tooltip = { ...tooltipStyle(mode), ...(own.tooltip as object | undefined) }
    chart.current?.setOption({ ...baseOption(mode, still), ...own, tooltip }, { notMerge: true })
  }, [ready, option, mode, still, width])
  return <div ref={host} role="img" aria-label={label} style={{ width: '100%', height }} />
}
