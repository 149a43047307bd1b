import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { startThread, threadsQuery, type Anchor, type Thread } from '@/api/threads'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { ThreadCard } from './ThreadCard'
import css from './threads.module.css'
import { useLiveThreads } from './useLiveThreads'
import { Write } from './Write'

interface Props {
  anchor: Anchor
  projectId: string
  /** What a thread is about, where the list shows those of several things. */
  about?: (thread: Thread) => ReactNode
  /** Nothing can be written here: somebody only looks. */
  readonly?: boolean
}

/** What is said about something: threads that are open or settled, and a new one. */
export function Threads({ anchor, projectId, about, readonly }: Props) {
  const { t } = useTranslation('threads')
  const [state, setState] = useState<Thread['state']>('open')
  useLiveThreads(projectId)
  const id = 'run' in anchor ? anchor.run : anchor.asset
  const threads = useQuery(threadsQuery(anchor, state))
  const start = useMutate<{ body: string; done: () => void }>(({ body }) => startThread(anchor, body), { touches: [keys.threadsOf(id)], onSuccess: (_, { done }) => done() })
  return (
    <div className={css.box}>
      <div className={css.tools}>
        <Segmented size="small" value={state} onChange={setState} options={(['open', 'resolved'] as const).map((value) => ({ value, label: t(`state.${value}`) }))} aria-label={t('which')} />
      </div>
      {!readonly && state === 'open' && <Write projectId={projectId} label={t('new')} action={t('send')} busy={start.isPending} onSend={(body, done) => start.mutate({ body, done })} />}
      <QueryView query={threads} inline empty={<p className="soft small">{t(state === 'open' ? 'none' : 'noneResolved')}</p>}>
        {(list) => (
          <>
            {list.map((thread) => (
              <ThreadCard key={thread.id} thread={thread} about={about?.(thread)} />
            ))}
          </>
        )}
      </QueryView>
    </div>
  )
}
