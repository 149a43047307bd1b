import { useQuery } from '@tanstack/react-query'
import { MessageSquare, MessageSquareWarning } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { runsQuery } from '@/api/queries'
import type { Thread } from '@/api/threads'
import { AppLink } from '@/components/AppLink'
import { Ago } from '@/components/bits'
import { useRunName } from '@/components/useRunName'
import { toShown } from '@/lib/mentions'
import { urls } from '@/lib/urls'
import css from './Home.module.css'

/** What a thread is about, by its name, and where that is. */
export function useThreadPlace(projectId: string): (anchor: Thread['anchor']) => { name: string; href: string } {
  const { t } = useTranslation('home')
  const runs = useQuery(runsQuery(projectId)).data
  const runName = useRunName()
  return useCallback(
    ({ asset, run_id, element }) => {
      const run = run_id ? runs?.find((one) => one.id === run_id) : undefined
      const name = asset?.name || (run ? runName(run) : '') || t('said.unnamed')
      if (run_id) return { name, href: urls.run(projectId, run_id, asset?.kind === 'workflow' ? { tab: 'discussion' } : undefined) }
      if (!asset) return { name, href: urls.said(projectId) }
      if (asset.kind === 'workflow') return { name, href: `${urls.workflow(projectId, asset.id, { node: element?.kind === 'node' ? element.id : undefined, side: 'comments' })}` }
      if (asset.kind === 'dataset') return { name, href: urls.dataset(projectId, asset.id, { tab: 'discussion' }) }
      if (asset.kind === 'dashboard') return { name, href: urls.dashboard(projectId, asset.id, { tab: 'discussion' }) }
      return { name, href: urls.asset(projectId, asset) }
    },
    [t, runs, runName, projectId],
  )
}

const MOST = 160

/** The beginning of a comment, on one line. */
export function excerpt(body: string): string {
  const line = toShown(body).replace(/\s+/g, ' ').trim()
  return line.length > MOST ? `${line.slice(0, MOST)}…` : line
}

/** What was said last in threads that wait, each on its line. */
export function SaidShort({ threads, projectId, count }: { threads: Thread[]; projectId: string; count: number }) {
  const { t } = useTranslation('home')
  const place = useThreadPlace(projectId)
  return (
    <>
      <ul className={css.feed} aria-label={t('said.title')}>
        {threads.map((thread) => {
          const { name, href } = place(thread.anchor)
          const last = thread.comments.findLast((one) => !one.deleted)
          const Icon = thread.feedback ? MessageSquareWarning : MessageSquare
          return (
            <li key={thread.id} className={css.event}>
              <Icon size={15} aria-hidden />
              <span style={{ overflowWrap: 'anywhere' }}>
                <AppLink className={css.inText} href={href}>{t(thread.feedback ? 'said.wrongOn' : 'said.on', { name })}</AppLink>
                {last && (
                  <span className={css.quote}>
                    {last.author.name}{t('said.colon')}{excerpt(last.body)}
                  </span>
                )}
              </span>
              <span className="small faint">
                <Ago at={thread.updated_at} />
              </span>
            </li>
          )
        })}
      </ul>
      <p className="small" style={{ marginTop: 8 }}>
        <AppLink href={urls.said(projectId)}>{t('said.all', { count, n: count })}</AppLink>
      </p>
    </>
  )
}
