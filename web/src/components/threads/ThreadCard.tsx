import { Button, Popconfirm } from 'antd'
import { Check, RotateCcw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { answerThread, editComment, removeComment, setThreadState, type Comment, type Thread } from '@/api/threads'
import { Ago, Person, Tag } from '@/components/bits'
import { Markdown } from '@/components/Markdown'
import { useMutate } from '@/components/useMutate'
import { toShown } from '@/lib/mentions'
import css from './threads.module.css'
import { Write } from './Write'

/** A thread: what was said, an answer, and whether it is settled. */
export function ThreadCard({ thread, about }: { thread: Thread; about?: ReactNode }) {
  const { t } = useTranslation(['threads', 'common'])
  const touches = [thread.anchor.asset?.id, thread.anchor.run_id, thread.project_id].filter((id): id is string => Boolean(id)).map((id) => keys.threadsOf(id))
  const answer = useMutate<{ body: string; done: () => void }>(({ body }) => answerThread(thread.id, body), { touches, onSuccess: (_, { done }) => done() })
  const settle = useMutate(() => setThreadState(thread.id, thread.state === 'open' ? 'resolved' : 'open'), { touches })
  return (
    <article className={css.thread} data-state={thread.state} data-feedback={thread.feedback || undefined} aria-label={t('by', { name: thread.created_by.name || thread.created_by.email })}>
      {(about || thread.feedback || thread.state === 'resolved' || thread.rights.includes('resolve')) && (
        <div className={css.head}>
          <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center', minWidth: 0, flexWrap: 'wrap' }}>
            {thread.feedback && <Tag tone="warn">{t('feedback')}</Tag>}
            {about}
            {thread.state === 'resolved' && thread.resolved_at && (
              <span>
                {t('resolvedBy', { name: thread.resolved_by?.name ?? '' })} <Ago at={thread.resolved_at} />
              </span>
            )}
          </span>
          {thread.rights.includes('resolve') && (
            <Button size="small" type="text" icon={thread.state === 'open' ? <Check size={13} /> : <RotateCcw size={13} />} loading={settle.isPending} onClick={() => settle.mutate()}>
              {t(thread.state === 'open' ? 'resolve' : 'reopen')}
            </Button>
          )}
        </div>
      )}
      {thread.comments.map((comment) => (
        <Said key={comment.id} thread={thread} comment={comment} touches={touches} />
      ))}
      {thread.rights.includes('comment') && <Write projectId={thread.project_id} label={t('answer')} action={t('send')} busy={answer.isPending} onSend={(body, done) => answer.mutate({ body, done })} />}
    </article>
  )
}

function Said({ thread, comment, touches }: { thread: Thread; comment: Comment; touches: (readonly string[])[] }) {
  const { t } = useTranslation(['threads', 'common'])
  const [editing, setEditing] = useState(false)
  const edit = useMutate<{ body: string }>(({ body }) => editComment(thread.id, comment.id, body), { touches, onSuccess: () => setEditing(false) })
  const remove = useMutate(() => removeComment(thread.id, comment.id), { touches })
  return (
    <div className={css.comment}>
      <div className={css.who}>
        <Person user={comment.author} />
        <Ago at={comment.created_at} />
        {comment.edited_at && !comment.deleted && <span className="faint">{t('edited')}</span>}
        <span>
          {!comment.deleted && comment.rights.includes('edit') && !editing && (
            <Button type="text" size="small" className={css.small} onClick={() => setEditing(true)}>
              {t('common:action.edit')}
            </Button>
          )}
          {!comment.deleted && comment.rights.includes('delete') && (
            <Popconfirm title={t('removeAsk')} okText={t('common:action.remove')} cancelText={t('common:action.cancel')} onConfirm={() => remove.mutate()}>
              <Button type="text" size="small" className={css.small} loading={remove.isPending}>
                {t('common:action.remove')}
              </Button>
            </Popconfirm>
          )}
        </span>
      </div>
      {comment.deleted ? (
        <div className={css.gone}>{t('gone')}</div>
      ) : editing ? (
        <Write projectId={thread.project_id} label={t('edit')} action={t('common:action.save')} first={comment.body} busy={edit.isPending} onSend={(body) => edit.mutate({ body })} onCancel={() => setEditing(false)} />
      ) : (
        <div className={css.words}>
          <Markdown text={toShown(comment.body)} />
        </div>
      )}
    </div>
  )
}
