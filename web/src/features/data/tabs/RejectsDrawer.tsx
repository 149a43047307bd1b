import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { Rows } from '@/api/types'
import { DataTable } from '@/components/DataTable'
import { ErrorState } from '@/components/states'
import { useFormat } from '@/lib/useFormat'

const PAGE = 200

interface Reject {
  row_number: number
  column: string | null
  code: string
  message: string
  raw: string
}

/** Rows by the names of their columns. */
function named(page: Rows): Reject[] {
  return page.rows.map((row) => Object.fromEntries(page.columns.map((c, index) => [c.name, row[index]])) as unknown as Reject)
}

/** Rows of the source that didn't fit, each with its reason. */
export function RejectsDrawer({ assetId, seq, onClose }: { assetId: string; seq: number; onClose: () => void }) {
  const { t, i18n } = useTranslation(['data', 'common'])
  const f = useFormat()
  const pages = useInfiniteQuery({
    queryKey: keys.rejects(assetId, seq),
    queryFn: ({ pageParam }) =>
      callAs<Rows>(
        api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rejects', {
          params: { path: { asset_id: assetId, seq }, query: { limit: PAGE, offset: pageParam } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page, all) => (page.rows.length === PAGE ? all.length * PAGE : undefined),
  })
  const reason = ({ code, message, column }: Reject) => (
    <span title={message}>
      {column && <b>{column}: </b>}
      {i18n.exists(`data:reject.${code}`) ? t(`reject.${code}` as 'reject.field_count') : message}
    </span>
  )
  return (
    <Drawer open onClose={onClose} size={760} title={t('rejects.title')}>
      <p className="soft" style={{ marginBottom: 12 }}>
        {t('rejects.text')}
      </p>
      {pages.isError ? (
        <ErrorState inline error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <DataTable<Reject> label={t('fact.rejected')}
          size="small"
          loading={pages.isPending}
          rowKey={(r) => `${r.row_number}:${r.column ?? ''}`}
          dataSource={pages.data?.pages.flatMap(named)}
          columns={[
            { key: 'row', title: t('rejects.row'), align: 'right', className: 'num', width: 90, render: (_, r) => f.number(Number(r.row_number), 0) },
            { key: 'reason', title: t('rejects.reason'), width: 280, render: (_, r) => reason(r) },
            { key: 'raw', title: t('rejects.raw'), render: (_, r) => <code className="mono" style={{ overflowWrap: 'anywhere' }}>{r.raw}</code> },
          ]}
        />
      )}
      {pages.hasNextPage && (
        <Button style={{ marginTop: 12 }} loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('common:action.more')}
        </Button>
      )}
    </Drawer>
  )
}
