import { useQueryClient } from '@tanstack/react-query'
import { Star as Icon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { setStar, type Entry } from '@/api/packages'
import { useMutate } from '@/components/useMutate'
import css from './package.module.css'

/** Marks a component as one's own favourite. */
export function Star({ projectId, name, title, on }: { projectId: string; name: string; title: string; on: boolean }) {
  const { t } = useTranslation('packages')
  const client = useQueryClient()
  const star = useMutate<boolean>((next) => {
    client.setQueryData<Entry[]>(keys.packages(projectId), (old) => old?.map((e) => (e.signature.name === name ? { ...e, starred: next } : e)))
    return setStar(projectId, name, next)
  }, { touches: [keys.packages(projectId)] })
  return (
    <button
      type="button"
      className={css.star}
      aria-pressed={on}
      aria-label={t('star', { title })}
      title={t(on ? 'unstarHint' : 'starHint')}
      onClick={(event) => {
        event.preventDefault()
        event.stopPropagation()
        star.mutate(!on)
      }}
    >
      <Icon size={14} fill={on ? 'currentColor' : 'none'} aria-hidden />
    </button>
  )
}
