import { useQuery } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { accessRequestsQuery } from '@/api/queries'
import { AccessRequestList } from '@/components/AccessRequestList'
import { PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'

/** Requests for access that wait for the reader, and the reader's own. */
export function Requests() {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const waiting = useQuery(accessRequestsQuery)
  const mine = useQuery({
    queryKey: [...keys.requests, 'mine'],
    queryFn: async () => (await call(api.GET('/api/v1/org/access-requests', { params: { query: { mine: true, limit: 200 } } }))).items,
  })
  return (
    <div style={{ maxWidth: 820 }}>
      <QueryView query={waiting} empty={<State inline icon={<Inbox size={24} strokeWidth={1.5} />} title={t('requests.none')} text={t('requests.noneText')} />}>
        {(list) => <AccessRequestList requests={list} />}
      </QueryView>
      {mine.data && mine.data.length > 0 && (
        <PageSection title={t('requests.mine')}>
          <AccessRequestList requests={mine.data} own />
        </PageSection>
      )}
    </div>
  )
}
