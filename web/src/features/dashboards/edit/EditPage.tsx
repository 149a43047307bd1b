import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { dashboardQuery } from '@/api/dashboards'
import { componentsQuery } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { LargerScreen, State } from '@/components/states'
import { useParam, usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { BuilderView } from './BuilderView'

/** The report builder of a dashboard, for who may edit it and has a window wide enough. */
export function EditPage() {
  const { t } = useTranslation(['dashboards', 'common'])
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const projectId = useProjectId()
  const narrow = useNarrow()
  const [page] = useParam('page')
  const detail = useQuery({ ...dashboardQuery(assetId), refetchOnWindowFocus: false })
  const components = useQuery(componentsQuery)
  return (
    <QueryView query={detail} forbidden={<AskAccess assetId={assetId} action="use" />}>
      {(data) => {
        const back = <AppLink href={urls.dashboard(projectId, assetId)}>{t('builder.back')}</AppLink>
        if (narrow)
          return (
            <Page title={t('builder.of', { name: data.asset.name })}>
              <LargerScreen nothing />
              <State inline title={t('builder.narrow')} actions={back} />
            </Page>
          )
        if (!data.asset.rights.includes('edit'))
          return (
            <Page title={t('builder.of', { name: data.asset.name })}>
              <State inline title={t('builder.noEdit')} actions={<>{back}<AskAccess assetId={assetId} action="edit" /></>} />
            </Page>
          )
        return <QueryView query={components}>{(signatures) => <BuilderView key={assetId} detail={data} signatures={signatures} projectId={projectId} startPage={page} />}</QueryView>
      }}
    </QueryView>
  )
}
