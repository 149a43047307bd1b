import { useQuery } from '@tanstack/react-query'
import { AppWindow } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { appsQuery } from '@/api/apps'
import { AppLink } from '@/components/AppLink'
import { Ago, Person } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './apps.module.css'

/** What somebody has made ready for others to use: choose the data, fill in a form, read what comes out. */
export function AppList() {
  const { t } = useTranslation('apps')
  const f = useFormat()
  const projectId = useProjectId()
  const apps = useQuery(appsQuery(projectId))
  return (
    <Page title={t('title')} sub={t('sub')}>
      <QueryView query={apps} empty={<State icon={<AppWindow size={28} strokeWidth={1.25} />} title={t('empty')} text={t('emptyText')} actions={<AppLink href={urls.workflows(projectId)}>{t('toWorkflows')}</AppLink>} />}>
        {(list) => (
          <ul className={css.cards}>
            {list.map((app) => (
              <li key={app.id}>
                <AppLink href={urls.app(projectId, app.id)} className={css.card}>
                  <h2>{f.words(app.signature.title)}</h2>
                  <p>{f.words(app.signature.summary)}</p>
                  <div className={css.line}>
                    <Person user={app.author} />
                    <Ago at={app.updated_at} />
                  </div>
                </AppLink>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Page>
  )
}
