import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { preview, type Preview } from '@/api/workflow'
import { QueryView } from '@/components/QueryView'
import { ReportChart } from '@/components/report/ReportChart'
import { useParam, useSetParams } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { useStanding } from '../store/standing'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { Barred } from './Barred'
import { firstChoice, offered, ROWS, settledChoice, SHAPES, TOTALS, type Choice, type Rows } from './chart'
import css from './Results.module.css'
import { drawn, type Words } from './drawn'

/** Rows that are asked for at once, and that a picture is made from at the most. */
const PAGE = 1000
const MOST = 5000

type Sample = { kind: 'table'; data: Rows; total: number | null } | Extract<Preview, { kind: 'none' }> | null

/** A picture of the rows of a port. */
export function ChartView({ id, port, stamp, run }: { id: string; port: string; stamp: string; run: ReactNode }) {
  const { t } = useTranslation('workflows')
  const { assetId } = useWork()
  const running = useStanding(id)?.state === 'running'
  const sample = useQuery({
    queryKey: [...keys.preview(assetId, id, port), stamp, 'chart'],
    queryFn: () => sampled(assetId, id, port),
    enabled: !running,
    staleTime: 60_000,
    gcTime: 60_000,
  })
  if (running) return <p className={css.none}>{t('results.running')}</p>
  return (
    <QueryView query={sample} forbidden={<Barred id={id} />}>
      {(data) =>
        data?.kind === 'table' ? (
          <Picture key={`${id} ${port}`} id={id} port={port} sample={data} />
        ) : data?.kind === 'none' ? (
          <div className={css.empty}>
            <h2>{t(`results.none.${data.reason}`)}</h2>
            <p className="soft">{t(`results.noneText.${data.reason}`)}</p>
            {run}
          </div>
        ) : (
          <p className={css.none}>{t('picture.none')}</p>
        )
      }
    </QueryView>
  )
}

/** The first rows of a port. Those of a query that was not run are asked for once: asked again it may give others. */
async function sampled(assetId: string, node: string, port: string): Promise<Sample> {
  const ask = (offset: number) => preview(assetId, { node, port, offset, limit: PAGE })
  const first = await ask(0)
  if (first.kind === 'none') return first
  if (first.kind !== 'table') return null
  const total = first.row_count ?? null
  const rows = [...first.rows]
  while (total !== null && rows.length < Math.min(total, MOST)) {
    const next = await ask(rows.length)
    if (next.kind !== 'table' || next.rows.length === 0) break
    rows.push(...next.rows)
  }
  const whole = total === null && rows.length < PAGE ? rows.length : total
  return { kind: 'table', data: { columns: first.columns, rows }, total: whole }
}

const KEYS = { shape: 'chart', x: 'x', y: 'y', total: 'total', by: 'by' } as const

function Picture({ id, port, sample: { data, total } }: { id: string; port: string; sample: Extract<Sample, { kind: 'table' }> }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const title = useTitle()
  const setParams = useSetParams()
  // What was chosen at one port says nothing of another one.
  const place = `${id}.${port}`
  const [of] = useParam('of')
  const chosen = { shape: useParam(KEYS.shape)[0], x: useParam(KEYS.x)[0], y: useParam(KEYS.y)[0], total: useParam(KEYS.total)[0], by: useParam(KEYS.by)[0] }
  const wanted = of === place ? chosen : {}
  const set = (changes: { [K in keyof Choice]?: string }) => setParams({ of: place, ...Object.fromEntries(Object.entries(KEYS).map(([key, param]) => [param, { ...wanted, ...changes }[key as keyof Choice]])) })
  const first = useMemo(() => firstChoice(data), [data])
  const choice = settledChoice(data.columns, first, wanted)
  const stamp = JSON.stringify(choice)
  const words = useMemo<Words>(
    () => ({ rows: t('picture.rows'), empty: t('common:value.null'), total: (how, column) => (how === 'rows' ? t('picture.rows') : t('picture.of', { how: t(`picture.total.${how}`), column })) }),
    [t],
  )
  const made = useMemo(() => {
    const one = JSON.parse(stamp) as Choice | null
    return one && drawn(data, one, words)
  }, [data, stamp, words])
  if (data.rows.length === 0 || !choice) return <p className={css.none}>{t(data.rows.length === 0 ? 'picture.noRows' : 'picture.none')}</p>
  const can = offered(data.columns, choice.shape)
  const options = (names: readonly string[]) => names.map((value) => ({ value, label: value }))
  const shapes = SHAPES.filter((shape) => settledChoice(data.columns, null, { shape }) !== null)
  const drawnFrom = total !== null && total <= data.rows.length ? t('picture.whole', { count: data.rows.length, n: f.number(data.rows.length, 0) }) : total === null ? t('picture.first', { n: f.number(data.rows.length, 0) }) : t('picture.part', { n: f.number(data.rows.length, 0), total: f.number(total, 0) })
  const notes = made
    ? [
        made.left.taken && t(`picture.taken.${made.left.taken}`),
        made.left.empty > 0 && t('picture.left.empty', { n: f.number(made.left.empty, 0) }),
        made.left.bars > 0 && t('picture.left.bars', { n: f.number(made.left.bars, 0) }),
        made.left.colours > 0 && t('picture.left.colours', { n: f.number(made.left.colours, 0) }),
      ].filter(Boolean)
    : []
  const up = choice.shape === 'scatter' ? (choice.y ?? '') : choice.y === null ? words.rows : words.total(choice.total, choice.y)
  const said = t('picture.title', { y: up, x: choice.x })
  // The name of a column stays as it is written.
  const named = f.lang === 'en' && choice.shape !== 'scatter' ? said.charAt(0).toUpperCase() + said.slice(1) : said
  const select = (key: keyof Choice, label: string, value: string, list: { value: string; label: string }[]) => (
    <label>
      <span>{label}</span>
      <Select size="small" popupMatchSelectWidth={false} showSearch={{ optionFilterProp: 'label' }} aria-label={label} value={value} onChange={(next: string) => set({ [key]: next })} options={list} />
    </label>
  )
  return (
    <div className={css.picture}>
      <div className={css.tools} role="group" aria-label={t('picture.tools')}>
        {select('shape', t('picture.shape'), choice.shape, shapes.map((value) => ({ value, label: t(`picture.kind.${value}`) })))}
        {select('x', t('picture.x'), choice.x, options(can.x))}
        {choice.shape !== 'histogram' && select('y', t('picture.y'), choice.y ?? ROWS, [...(choice.shape === 'scatter' ? [] : [{ value: ROWS, label: t('picture.rows') }]), ...options(can.y)])}
        {choice.y !== null && choice.shape !== 'scatter' && select('total', t('picture.how'), choice.total, TOTALS.map((value) => ({ value, label: t(`picture.total.${value as 'sum'}`) })))}
        {choice.shape !== 'histogram' && select('by', t('picture.by'), choice.by ?? '-', [{ value: '-', label: t('picture.noBy') }, ...options(can.by.filter((name) => name !== choice.x))])}
      </div>
      <p className="small soft" role="note">
        {[drawnFrom, ...notes].join(f.lang === 'en' ? ' ' : '')}
      </p>
      {made ? <ReportChart fill chart={{ id: 'port', title: both(named), alt: both(t('picture.alt', { of: title(id), what: named })), span: 'full', note: null, ...made.plot }} /> : <p className={css.none}>{t('picture.nothing')}</p>}
    </div>
  )
}

const both = (text: string) => ({ en: text, 'zh-CN': text })
