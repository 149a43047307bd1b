import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import type { AccessRequest } from '@/api/types'
import css from './AccessRequestList.module.css'
import { Ago, Person, Tag } from './bits'
import { useMutate } from './useMutate'

/** Requests for access, each to be approved or declined on the spot. */
export function AccessRequestList({ requests, own }: { requests: AccessRequest[]; own?: boolean }) {
  const { t } = useTranslation()
  const decide = useMutate(
    ({ id, approve }: { id: string; approve: boolean }) =>
      call(api.POST('/api/v1/access-requests/{request_id}', { params: { path: { request_id: id } }, body: { approve } })),
    { touches: [keys.requests, ['asset']] },
  )
  const busy = (id: string) => decide.isPending && decide.variables.id === id
  return (
    <ul className={css.list}>
      {requests.map((request) => (
        <li key={request.id} className={css.item}>
          <div style={{ minWidth: 0 }}>
            <Person user={request.user} /> <Tag tone="accent">{t(`right.${request.action}`)}</Tag> <b>{request.asset.name}</b>{' '}
            <span className="small faint">
              <Ago at={request.created_at} />
            </span>
            <div className={css.reason}>{request.reason}</div>
          </div>
          {request.state === 'pending' && own ? (
            <Tag>{t('access.pending')}</Tag>
          ) : request.state === 'pending' ? (
            <div className={css.do}>
              <Button size="small" type="primary" loading={busy(request.id)} onClick={() => decide.mutate({ id: request.id, approve: true })}>
                {t('access.approve')}
              </Button>
              <Button size="small" disabled={busy(request.id)} onClick={() => decide.mutate({ id: request.id, approve: false })}>
                {t('access.decline')}
              </Button>
            </div>
          ) : (
            <Tag tone={request.state === 'approved' ? 'good' : 'fail'}>{t(request.state === 'approved' ? 'access.approved' : 'access.declined')}</Tag>
          )}
        </li>
      ))}
    </ul>
  )
}
