import { useCallback, useContext } from 'react'
import { Chart } from '@/components/chart/Chart'
import type { EChartsOption } from '@/components/chart/echarts'
import type { Mode } from '@/lib/palette'
import { useFormat } from '@/lib/useFormat'
import { chartHeight, chartOption } from './charts'
import type { ChartBlock } from './document'
import { PickContext, pointedAt, type MarkEvent } from './pick'
import css from './ReportChart.module.css'

/** A chart of a report with its title and note; as tall as it wants to be, or as what it stands in. */
export function ReportChart({ chart, fill }: { chart: ChartBlock; fill?: boolean }) {
  const f = useFormat()
  const option = useCallback((mode: Mode, width: number): EChartsOption => chartOption(chart, { lang: f.lang, mode, width }), [chart, f.lang])
  const pick = useContext(PickContext)
  const onMark = useCallback(
    (event: MarkEvent) => {
      const value = pick ? pointedAt(chart, pick.param, event, f.lang) : undefined
      if (value !== undefined) pick?.onPick(value)
    },
    [chart, pick, f.lang],
  )
  const dense = chart.kind === 'scatter' && chart.series.some((s) => s.points.length > 2000)
  return (
    <figure className={fill ? `${css.chart} ${css.fill}` : css.chart} id={`c-${chart.id}`}>
      <h3>{f.words(chart.title)}</h3>
      <Chart option={option} label={f.words(chart.alt)} height={fill ? '100%' : chartHeight(chart)} dense={dense} onMark={pick ? onMark : undefined} />
      {chart.note && <figcaption className={css.note}>{f.words(chart.note)}</figcaption>}
    </figure>
  )
}
