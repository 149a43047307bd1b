import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useProject, useSession } from '@/api/queries'
import { Page } from '@/components/Page'
import { Loading } from '@/components/states'
import { Tabs } from '@/components/Tabs'
import { useParam, useProjectId, useSetParams } from '@/lib/router'
import type { TeamTab } from '@/lib/urls'

const ProjectMembers = lazy(() => import('./ProjectMembers').then((m) => ({ default: m.ProjectMembers })))
const OrgMembers = lazy(() => import('./OrgMembers').then((m) => ({ default: m.OrgMembers })))
const Requests = lazy(() => import('./Requests').then((m) => ({ default: m.Requests })))
const Tokens = lazy(() => import('./Tokens').then((m) => ({ default: m.Tokens })))
const Audit = lazy(() => import('./Audit').then((m) => ({ default: m.Audit })))

/** People, what they may do, what they asked for, and what was done. */
export function TeamPage() {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const projectId = useProjectId()
  const project = useProject(projectId)
  const session = useSession()
  const setParams = useSetParams()
  const [tab] = useParam('tab', 'project')
  const orgRole = session.data?.org.role
  const tabs: TeamTab[] = [
    'project',
    ...(orgRole === 'guest' ? [] : (['organization'] as const)),
    'requests',
    'tokens',
    ...(orgRole === 'owner' ? (['audit'] as const) : []),
  ]
  return (
    <Page title={t('title')} sub={session.data?.org.name}>
      <Tabs activeKey={tab} onChange={(key) => setParams({ tab: key === 'project' ? undefined : key })} items={tabs.map((key) => ({ key, label: t(`tab.${key}`) }))} />
      <Suspense fallback={<Loading />}>
        {tab === 'organization' ? (
          <OrgMembers editable={orgRole === 'owner'} />
        ) : tab === 'requests' ? (
          <Requests />
        ) : tab === 'tokens' ? (
          <Tokens />
        ) : tab === 'audit' ? (
          <Audit />
        ) : (
          project.data && <ProjectMembers project={project.data} orgRole={orgRole ?? 'guest'} />
        )}
      </Suspense>
    </Page>
  )
}
