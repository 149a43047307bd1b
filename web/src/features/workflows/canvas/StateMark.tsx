import { Check, Clock, LoaderCircle, OctagonX, SkipForward, Square, Zap } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { NodeState } from '@/api/workflow'
import css from './StepNode.module.css'

/** How it stands with a step, as a sign with its words for those who can't see it. */
export function StateMark({ state }: { state: NodeState | undefined }) {
  const { t } = useTranslation('workflows')
  if (!state || state.state === 'waiting') return null
  const label = state.cached && state.state === 'succeeded' ? t('node.cached') : t(`state.${state.state}`)
  const Icon =
    state.state === 'running' ? LoaderCircle : state.state === 'failed' ? OctagonX : state.state === 'skipped' ? SkipForward : state.state === 'cancelled' ? Square : state.state === 'stale' ? Clock : state.cached ? Zap : Check
  return (
    <span className={`${css.mark} ${css[state.state] ?? ''}`} title={label}>
      <Icon size={15} strokeWidth={2.25} role="img" aria-label={label} />
    </span>
  )
}
