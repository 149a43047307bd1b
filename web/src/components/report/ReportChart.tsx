import { useCallback } from 'react'
import { Chart } from '@/components/chart/Chart'
import type { EChartsOption } from '@/components/chart/echarts'
import type { Mode } from '@/lib/palette'
import { useFormat } from '@/lib/useFormat'
import { chartHeight, chartOption } from './charts'
import type { ChartBlock } from './document'
import css from './ReportChart.module.css'

/** A chart of a report with its title and note. */
export function ReportChart({ chart }: { chart: ChartBlock }) {
  const f = useFormat()
  const option = useCallback((mode: Mode, width: number): EChartsOption => chartOption(chart, { lang: f.lang, mode, width }), [chart, f.lang])
  const dense = chart.kind === 'scatter' && chart.series.some((s) => s.points.length > 2000)
  return (
    <figure className={css.chart} id={`c-${chart.id}`}>
      <h3>{f.words(chart.title)}</h3>
      <Chart option={option} label={f.words(chart.alt)} height={chartHeight(chart)} dense={dense} />
      {chart.note && <figcaption className={css.note}>{f.words(chart.note)}</figcaption>}
    </figure>
  )
}
