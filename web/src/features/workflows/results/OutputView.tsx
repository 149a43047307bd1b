import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useReducer, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { preview, type NodeState, type Preview } from '@/api/workflow'
import { DataGrid } from '@/components/grid/DataGrid'
import type { GridSource } from '@/components/grid/source'
import { QueryView } from '@/components/QueryView'
import { Blocks } from '@/components/report/Blocks'
import type { Report } from '@/components/report/document'
import { useFormat } from '@/lib/useFormat'
import { useStanding } from '../store/standing'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { Barred } from './Barred'
import { Learning, ModelView } from './ModelView'
import css from './Results.module.css'

const PAGE = 200
const WHY_NOT: Partial<Record<NodeState['state'], 'stale' | 'failed' | 'skipped'>> = { stale: 'stale', failed: 'failed', skipped: 'skipped' }

/** What a port holds. */
export function OutputView({ id, port, stamp, run }: { id: string; port: string; stamp: string; run: ReactNode }) {
  const { t } = useTranslation(['workflows', 'common'])
  const { assetId } = useWork()
  const state = useStanding(id)
  const running = state?.state === 'running'
  const first = useQuery({
    queryKey: [...keys.preview(assetId, id, port), stamp],
    queryFn: () => preview(assetId, { node: id, port, offset: 0, limit: PAGE }),
    enabled: !running,
    staleTime: 60_000,
    gcTime: 60_000,
  })
  // While a model learns its curve grows; nothing else can be seen of a step at work.
  if (running) return state.curve.length > 0 ? <Learning curve={state.curve} /> : <p className={css.none}>{t('results.running')}</p>
  return (
    <QueryView query={first} forbidden={<Barred id={id} />}>
      {(data) => {
        switch (data.kind) {
          case 'table':
            return <TableView id={id} port={port} stamp={stamp} first={data} />
          case 'report': {
            const section = data.section as Report['sections'][number] | null
            return (
              <div className={css.pad}>
                <Blocks blocks={section?.blocks ?? []} />
              </div>
            )
          }
          case 'model':
            return <ModelView model={data.model} />
          case 'value':
            return <ValueView value={data.value} />
          default: {
            // Where nothing is kept, how it stands with the step says why.
            const why = data.reason === 'not_run' && state?.reason !== 'branch' ? (WHY_NOT[state?.state ?? 'waiting'] ?? 'not_run') : data.reason
            return (
              <div className={css.empty}>
                <h2>{t(`results.none.${why}`)}</h2>
                <p className="soft">{t(`results.noneText.${why}`)}</p>
                {run}
              </div>
            )
          }
        }
      }}
    </QueryView>
  )
}

function ValueView({ value }: { value: unknown }) {
  const { t } = useTranslation('common')
  const f = useFormat()
  const text = value === null ? t('value.null') : typeof value === 'number' ? f.number(value) : typeof value === 'boolean' ? t(value ? 'value.true' : 'value.false') : typeof value === 'string' ? value : JSON.stringify(value)
  return <div className={css.value}>{text}</div>
}

/** Rows, fetched a page at a time as one scrolls. */
function TableView({ id, port, stamp, first }: { id: string; port: string; stamp: string; first: Extract<Preview, { kind: 'table' }> }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const client = useQueryClient()
  const title = useTitle()
  const { assetId } = useWork()
  const [version, redraw] = useReducer((n: number) => n + 1, 0)
  const pages = useRef(new Map<number, unknown[][]>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const total = first.row_count ?? null
  // A look at some rows of a query that was not run: how many there are is not known.
  const complete = total === null
  const source = useMemo<GridSource>(() => {
    pages.current.set(0, first.rows)
    return {
      columns: first.columns,
      rowCount: total ?? first.rows.length,
      sortable: (total ?? 0) <= first.rows.length,
      cell: (row, column) => {
        const page = pages.current.get(Math.floor(row / PAGE))
        return page ? (page[row % PAGE]?.[column] ?? null) : undefined
      },
      ensure: (from, to) => {
        // Only where the reader stops: a fast scroll doesn't fetch what it passes.
        clearTimeout(timer.current)
        timer.current = setTimeout(() => {
          for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
            if (pages.current.has(page)) continue
            client
              .fetchQuery({ queryKey: [...keys.preview(assetId, id, port), stamp, page], queryFn: () => preview(assetId, { node: id, port, offset: page * PAGE, limit: PAGE }), staleTime: 60_000 })
              .then((answer) => {
                if (answer.kind !== 'table') return
                pages.current.set(page, answer.rows)
                redraw()
              })
              .catch(() => undefined)
          }
        }, 60)
      },
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first, version, client, assetId, id, port, stamp, total])
  return (
    <div className={css.grid}>
      {complete && <div className={css.partial}>{t('results.partial', { n: f.number(first.rows.length, 0) })}</div>}
      <DataGrid source={source} label={t('results.of', { name: title(id) })} />
    </div>
  )
}
