import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { accessRequestsQuery } from '@/api/queries'
import { AccessRequestList } from '@/components/AccessRequestList'
import { PageSection } from '@/components/Page'

/** Requests for one dataset that wait for a decision. */
export function Requests({ assetId }: { assetId: string }) {
  const { t } = useTranslation(['data', 'common'])
  const requests = useQuery(accessRequestsQuery)
  const open = (requests.data ?? []).filter((r) => r.asset.id === assetId && r.state === 'pending')
  if (open.length === 0) return null
  return (
    <PageSection title={t('access.requests')}>
      <AccessRequestList requests={open} />
    </PageSection>
  )
}
