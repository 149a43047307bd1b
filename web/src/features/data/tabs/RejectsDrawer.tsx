import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Drawer, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { ErrorState } from '@/components/states'
import { useFormat } from '@/lib/useFormat'

/** Rows of the source that didn't fit, each with its reason. */
export function RejectsDrawer({ assetId, seq, onClose }: { assetId: string; seq: number; onClose: () => void }) {
  const { t, i18n } = useTranslation(['data', 'common'])
  const f = useFormat()
  const reason = (code: string, message: string, column?: string | null) => {
    const words = i18n.exists(`data:reject.${code}`) ? t(`reject.${code}` as 'reject.field_count') : message
    return (
      <span title={message}>
        {column && <b>{column}: </b>}
        {words}
      </span>
    )
  }
  const pages = useInfiniteQuery({
    queryKey: keys.rejects(assetId, seq),
    queryFn: ({ pageParam }) =>
      call(
        api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rejects', {
          params: { path: { asset_id: assetId, seq }, query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Drawer open onClose={onClose} size={760} title={t('rejects.title')}>
      <p className="soft" style={{ marginBottom: 12 }}>
        {t('rejects.text')}
      </p>
      {pages.isError ? (
        <ErrorState inline error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <Table
          size="small"
          loading={pages.isPending}
          rowKey={(_, index) => String(index)}
          dataSource={items}
          pagination={false}
          columns={[
            { key: 'row', title: t('rejects.row'), align: 'right', className: 'num', width: 90, render: (_, r) => f.number(r.row_number, 0) },
            { key: 'reason', title: t('rejects.reason'), width: 280, render: (_, r) => reason(r.code, r.message, r.column) },
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
