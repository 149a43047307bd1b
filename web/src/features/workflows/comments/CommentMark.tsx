import { useQuery } from '@tanstack/react-query'
import { MessageSquare } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { countsQuery, type ThreadCounts } from '@/api/threads'
import { useSetParams } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import css from '../canvas/StepNode.module.css'
import { useDoc } from '../store/document'
import { useWork } from '../store/work'

/** How many open threads there are about a step; opens them. */
export function CommentMark({ id }: { id: string }) {
  const { t } = useTranslation('threads')
  const f = useFormat()
  const doc = useDoc()
  const set = useSetParams()
  const { assetId, live } = useWork()
  const open = useQuery({ ...countsQuery(assetId), enabled: live, retry: false, select: useCallback((all: ThreadCounts) => all.elements.find((e) => e.kind === 'node' && e.id === id)?.open ?? 0, [id]) }).data ?? 0
  if (open === 0) return null
  return (
    <button
      type="button"
      className={`${css.comments} nodrag`}
      aria-label={t('open', { count: open })}
      title={t('open', { count: open })}
      onClick={(event) => {
        event.stopPropagation()
        doc.select([id])
        set({ side: 'comments', node: id })
      }}
    >
      <MessageSquare size={12} aria-hidden />
      {f.number(open)}
    </button>
  )
}
