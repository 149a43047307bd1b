import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { MessageSquare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { myThreadsQuery, type Thread } from '@/api/threads'
import { AppLink } from '@/components/AppLink'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { ThreadCard } from '@/components/threads/ThreadCard'
import { useLiveThreads } from '@/components/threads/useLiveThreads'
import { useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import css from './Home.module.css'
import { useThreadPlace } from './Said'

const STATES = ['open', 'resolved'] as const

/** What was said of one's own things, and where one was named or wrote. */
export function SaidPage() {
  const { t } = useTranslation(['home', 'threads'])
  const projectId = useProjectId()
  const [chosen, setState] = useParam('state', 'open')
  const state: Thread['state'] = chosen === 'resolved' ? 'resolved' : 'open'
  useLiveThreads(projectId)
  const threads = useQuery(myThreadsQuery(projectId, state))
  const place = useThreadPlace(projectId)
  return (
    <Page title={t('said.title')} sub={t('said.sub')} up={{ href: urls.home(projectId), label: t('title') }}>
      <Segmented size="small" value={state} onChange={setState} options={STATES.map((value) => ({ value, label: t(`threads:state.${value}`) }))} aria-label={t('threads:which')} />
      <QueryView query={threads} empty={<State icon={<MessageSquare size={26} strokeWidth={1.5} aria-hidden />} title={t(state === 'open' ? 'said.none' : 'said.noneResolved')} text={t('said.noneText')} />}>
        {(list) => (
          <div className={css.said}>
            {list.map((thread) => {
              const { name, href } = place(thread.anchor)
              return <ThreadCard key={thread.id} thread={thread} about={<AppLink href={href}>{thread.anchor.run_id ? t('said.aboutRun', { name }) : thread.anchor.element ? t('said.aboutStep', { name }) : name}</AppLink>} />
            })}
          </div>
        )}
      </QueryView>
    </Page>
  )
}
