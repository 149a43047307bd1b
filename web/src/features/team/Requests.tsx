import { useQuery } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { accessRequestsQuery } from '@/api/queries'
import { AccessRequestList } from '@/components/AccessRequestList'
import { PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'

/** Requests for access that wait, and those that were decided. */
export function Requests() {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const requests = useQuery(accessRequestsQuery)
  return (
    <QueryView query={requests} empty={<State inline icon={<Inbox size={24} strokeWidth={1.5} />} title={t('requests.none')} text={t('requests.noneText')} />}>
      {(list) => {
        const open = list.filter((r) => r.state === 'open')
        const done = list.filter((r) => r.state !== 'open')
        return (
          <div style={{ maxWidth: 820 }}>
            {open.length > 0 ? <AccessRequestList requests={open} /> : <p className="soft">{t('requests.noneOpen')}</p>}
            {done.length > 0 && (
              <PageSection title={t('requests.done')}>
                <AccessRequestList requests={done} />
              </PageSection>
            )}
          </div>
        )
      }}
    </QueryView>
  )
}
