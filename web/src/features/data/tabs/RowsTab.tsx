import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useReducer, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { Rows } from '@/api/types'
import { AskAccess } from '@/components/AskAccess'
import { DataGrid } from '@/components/grid/DataGrid'
import type { GridSource } from '@/components/grid/source'
import { QueryView } from '@/components/QueryView'
import type { TabProps } from './types'

const PAGE = 200

/** The rows of a version, fetched a page at a time as one scrolls. */
export function RowsTab({ asset, seq }: TabProps) {
  const { t } = useTranslation(['data', 'common'])
  const client = useQueryClient()
  const [version, redraw] = useReducer((n: number) => n + 1, 0)
  const pages = useRef(new Map<number, unknown[][]>())
  const asked = useRef(new Set<number>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const fetchPage = useMemo(
    () => (page: number) =>
      client.fetchQuery({
        queryKey: [...keys.rows(asset.id, seq), page],
        queryFn: () =>
          callAs<Rows>(
            api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rows', {
              params: { path: { asset_id: asset.id, seq }, query: { offset: page * PAGE, limit: PAGE } },
            }),
          ),
        staleTime: Infinity,
      }),
    [client, asset.id, seq],
  )
  const first = useQuery({
    queryKey: [...keys.rows(asset.id, seq), 'first'],
    queryFn: () => fetchPage(0),
    staleTime: Infinity,
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  const source = useMemo<GridSource | null>(() => {
    const data = first.data
    if (!data) return null
    pages.current.set(0, data.rows)
    return {
      columns: data.columns,
      rowCount: data.total ?? data.rows.length,
      sortable: false,
      cell: (row, column) => {
        const page = pages.current.get(Math.floor(row / PAGE))
        return page ? (page[row % PAGE]?.[column] ?? null) : undefined
      },
      ensure: (from, to) => {
        // Only where the reader stops: a fast scroll doesn't fetch what it passes.
        clearTimeout(timer.current)
        timer.current = setTimeout(() => {
          for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
            if (pages.current.has(page) || asked.current.has(page)) continue
            asked.current.add(page)
            fetchPage(page)
              .then((answer) => {
                pages.current.set(page, answer.rows)
                redraw()
              })
              .catch(() => asked.current.delete(page))
          }
        }, 60)
      },
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first.data, fetchPage, version])
  return (
    <QueryView query={first} forbidden={<AskAccess assetId={asset.id} />}>
      {() => source && <DataGrid source={source} label={t('rows.label', { name: asset.name })} style={{ height: 'max(420px, calc(100dvh - 290px))' }} />}
    </QueryView>
  )
}
