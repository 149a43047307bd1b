import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Curve, MadeModel } from '@/api/workflow'
import { axisStyle } from '@/components/chart/base'
import { Chart } from '@/components/chart/Chart'
import type { EChartsOption } from '@/components/chart/echarts'
import { colour, type Mode } from '@/lib/palette'
import { useFormat } from '@/lib/useFormat'
import { linesOf } from './curve'
import css from './Results.module.css'

/** A model: what it learned from, and how its learning went. */
export function ModelView({ model }: { model: MadeModel }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const curve = useMemo(() => linesOf(model.curve), [model.curve])
  return (
    <div className={css.model}>
      <section>
        <h2>{t('results.metrics')}</h2>
        <dl className={css.metrics}>
          <Pair name={t('results.learnedFrom')} value={f.number(model.rows, 0)} />
          {model.unlabelled > 0 && <Pair name={t('results.unlabelled')} value={f.number(model.unlabelled, 0)} />}
        </dl>
      </section>
      <Learning curve={curve} />
    </div>
  )
}

/** How learning goes, or went. */
export function Learning({ curve }: { curve: Curve[] }) {
  const { t } = useTranslation('workflows')
  return (
    <section>
      <h2>{t('results.curve')}</h2>
      {curve.length > 0 ? <CurveChart curve={curve} /> : <p className="soft">{t('results.noCurve')}</p>}
    </section>
  )
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** Loss by round, one line a series. */
export function CurveChart({ curve, height = 220 }: { curve: Curve[]; height?: number }) {
  const { t } = useTranslation('workflows')
  const round = t('results.round')
  const name = useCallback((series: string) => t(`results.series.${series}` as 'results.series.training', { defaultValue: series }), [t])
  const option = useCallback(
    (mode: Mode): EChartsOption => ({
      animation: false,
      grid: { left: 8, right: 16, top: 28, bottom: 26, containLabel: true },
      legend: { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 3, textStyle: { color: axisStyle(mode).axisLabel.color } },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'value', name: round, nameLocation: 'middle', nameGap: 24, minInterval: 1, ...axisStyle(mode), splitLine: { show: false }, min: 'dataMin', max: 'dataMax' },
      yAxis: { type: 'value', scale: true, ...axisStyle(mode) },
      series: curve.map((line, index) => ({ type: 'line', name: name(line.series), data: line.points, showSymbol: false, lineStyle: { width: 2, type: index % 2 ? 'dashed' : 'solid' }, color: colour(mode, index) })),
    }),
    [curve, round, name],
  )
  return <Chart option={option} label={t('results.curve')} height={height} />
}
