import { Select } from 'antd'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { axisStyle, legendStyle } from '@/components/chart/base'
import { Chart } from '@/components/chart/Chart'
import type { EChartsOption } from '@/components/chart/echarts'
import type { GridSource } from '@/components/grid/source'
import { dayOf, moment, turn } from '@/components/report/calendar'
import { State } from '@/components/states'
import { colour, type Mode } from '@/lib/palette'
import { useParam, useSetParams } from '@/lib/router'
import { isNumeric } from '@/lib/types'
import { useFormat } from '@/lib/useFormat'
import { guess, points, type ChartChoice, type ChartKind } from './chart'
import css from './Explore.module.css'

const DAY = 86_400_000
const KINDS: ChartKind[] = ['bar', 'line', 'area', 'scatter']

/** A chart of a query's answer. Its choices stand in the address. */
export function ResultChart({ source }: { source: GridSource }) {
  const { t } = useTranslation(['explore', 'common'])
  const f = useFormat()
  const setParams = useSetParams()
  const [kind] = useParam('chart')
  const [x] = useParam('x')
  const [y] = useParam('y')
  const [by] = useParam('by')
  const names = source.columns.map((c) => c.name)
  const first = useMemo(() => guess(source), [source])
  const at = (name: string) => names.indexOf(name)
  const choice = useMemo<ChartChoice | null>(() => {
    if (!first) return null
    const ys = y ? y.split('\u0001').map((n) => names.indexOf(n)).filter((i) => i >= 0) : []
    return {
      kind: (KINDS as string[]).includes(kind) ? (kind as ChartKind) : first.kind,
      x: at(x) >= 0 ? at(x) : first.x,
      y: ys.length ? ys : first.y,
      by: by === '-' ? null : at(by) >= 0 ? at(by) : first.by,
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first, kind, x, y, by])
  const data = useMemo(() => (choice ? points(source, choice, t('common:value.null')) : null), [source, choice, t])
  const option = useCallback(
    (mode: Mode): EChartsOption => {
      if (!data || !choice) return {}
      const many = data.categories !== null && data.categories.length > 14
      const value = (v: unknown) => (typeof v === 'number' ? f.number(v) : '–')
      return {
        grid: { left: 8, right: 16, top: data.series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
        legend: data.series.length > 1 ? legendStyle(mode) : undefined,
        tooltip: {
          ...({ trigger: choice.kind === 'scatter' ? 'item' : 'axis' } as const),
          valueFormatter: value,
        },
        dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl' }],
        // Times are those of the rows, as the table shows them, wherever the reader is.
        useUTC: true,
        xAxis: data.categories
          ? { type: 'category', data: data.categories, ...axisStyle(mode), splitLine: { show: false }, axisLabel: { ...axisStyle(mode).axisLabel, rotate: many ? 40 : 0, width: 120, overflow: 'truncate' } }
          : data.time
            ? {
                type: 'time', ...axisStyle(mode), splitLine: { show: false },
                axisLabel: { ...axisStyle(mode).axisLabel, formatter: (value: number, index: number) => turn(f.lang, value / DAY, index === 0) },
                axisPointer: { label: { formatter: ({ value }: { value: unknown }) => (data.clock ? moment : dayOf)(f.lang, Number(value) / DAY) } },
              }
            : { type: 'value', scale: true, ...axisStyle(mode), splitLine: { show: false } },
        yAxis: { type: 'value', scale: choice.kind === 'scatter' || choice.kind === 'line', ...axisStyle(mode), axisLine: { show: false }, axisLabel: { ...axisStyle(mode).axisLabel, formatter: (v: number) => f.compact(v) } },
        series: data.series.map((s, index) => {
          const shared = { name: s.name, data: s.data as [number, number][], itemStyle: { color: colour(mode, index) }, large: true }
          if (choice.kind === 'bar') return { ...shared, type: 'bar' as const, barMaxWidth: 36 }
          if (choice.kind === 'scatter') return { ...shared, type: 'scatter' as const, symbolSize: 6 }
          return { ...shared, type: 'line' as const, showSymbol: s.data.length < 40, lineStyle: { width: 2 }, areaStyle: choice.kind === 'area' ? { opacity: 0.15 } : undefined }
        }),
      }
    },
    [data, choice, f],
  )
  if (!choice || !data || source.rowCount === 0) return <State inline title={t('chart.none')} text={t('chart.noneText')} />
  const numeric = source.columns.filter((c) => isNumeric(c.type)).map((c) => ({ value: c.name, label: c.name }))
  const all = source.columns.map((c) => ({ value: c.name, label: c.name }))
  return (
    <div className={css.chart}>
      <div className={css.chartTools}>
        <Select size="small" value={choice.kind} onChange={(v) => setParams({ chart: v })} options={KINDS.map((value) => ({ value, label: t(`chart.${value}`) }))} aria-label={t('chart.kind')} />
        <label>
          {t('chart.x')} <Select size="small" popupMatchSelectWidth={false} value={names[choice.x]} onChange={(v) => setParams({ x: v })} options={all} />
        </label>
        <label>
          {t('chart.y')}{' '}
          <Select size="small" mode="multiple" style={{ minWidth: 140 }} value={choice.y.map((i) => names[i] ?? '')} onChange={(v: string[]) => setParams({ y: v.join('\u0001') })} options={numeric} />
        </label>
        <label>
          {t('chart.by')}{' '}
          <Select size="small" popupMatchSelectWidth={false} value={choice.by === null ? '-' : names[choice.by]} onChange={(v) => setParams({ by: v })} options={[{ value: '-', label: t('chart.noBy') }, ...all]} />
        </label>
        {data.left > 0 && <span className="small faint">{t('chart.left', { n: f.number(source.rowCount - data.left, 0) })}</span>}
      </div>
      <div style={{ flex: 1, minHeight: 240 }}>
        <Chart option={option} label={t('chart.label', { y: choice.y.map((i) => names[i]).join(', '), x: names[choice.x] })} height="100%" dense={source.rowCount > 2000} />
      </div>
    </div>
  )
}
