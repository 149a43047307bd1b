import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeState, Workflow } from '@/api/workflow'
import { useErrorWords } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import { StateMark } from '../canvas/StateMark'
import { lanes } from '../model/runs'
import css from './run.module.css'

interface Props {
  workflow: Workflow
  states: Record<string, NodeState>
  title: (id: string) => string
  chosen: string
  onChoose: (id: string) => void
}

/** Which step ran when, and how long it took. */
export function Lanes({ workflow, states, title, chosen, onChoose }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const errorWords = useErrorWords()
  const all = useMemo(() => lanes(workflow, states), [workflow, states])
  return (
    <div className={css.wrap} tabIndex={0} role="region" aria-label={t('runPage.steps')}>
      <table className={css.lanes}>
        <thead>
          <tr>
            <th scope="col">{t('runPage.step')}</th>
            <th scope="col">{t('runPage.state')}</th>
            <th scope="col">{t('runPage.time')}</th>
            <th scope="col" className={css.right}>{t('runPage.took')}</th>
            <th scope="col" className={css.right}>{t('results.rows')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ id, state, from, size, long }) => (
            <tr key={id} aria-current={id === chosen || undefined}>
              <td>
                <button type="button" onClick={() => onChoose(id)}>
                  <StateMark state={state} />
                  <span className="ellipsis">{title(id)}</span>
                </button>
              </td>
              <td className="soft">
                {state?.state === 'failed' && state.error ? <span style={{ color: 'var(--fail)' }}>{errorWords(state.error).title}</span> : state?.cached ? t('results.cachedLine') : t(`state.${state?.state ?? 'waiting'}`)}
              </td>
              <td aria-hidden>
                <div className={css.track}>{from !== null && <span className={css.bar} data-long={long || undefined} data-state={state?.state} style={{ left: `${from * 100}%`, width: `${Math.min(size, 1 - from) * 100}%` }} />}</div>
              </td>
              <td className={`${css.right} num`}>{state?.elapsed_ms && !state.cached ? f.duration(state.elapsed_ms) : <span className="faint">–</span>}</td>
              <td className={`${css.right} num`}>
                {Object.values(state?.rows ?? {}).map((n) => f.number(n, 0)).join(' / ') || <span className="faint">–</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
