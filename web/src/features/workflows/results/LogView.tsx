import { useTranslation } from 'react-i18next'
import type { NodeState } from '@/api/workflow'
import { useErrorWords } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import { StateMark } from '../canvas/StateMark'
import { topological } from '../model/order'
import { useDoc, useDocPart, useWorkflow, type DocState } from '../store/document'
import { useTitle } from '../store/useTitle'
import { CurveChart } from './ModelView'
import css from './Results.module.css'

const standingOf = (s: DocState) => s.standing

/** What happened, step by step, in the order of the graph; the chosen step stands out. */
export function LogView({ id }: { id: string }) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const states = useDocPart(standingOf)
  const seen = topological(w).flatMap((node): [string, NodeState][] => (states[node] && states[node].state !== 'waiting' ? [[node, states[node]]] : []))
  if (seen.length === 0) return <p className={css.none}>{t('results.noLog')}</p>
  return (
    <ul className={css.log}>
      {seen.map(([node, state]) => (
        <li key={node} aria-current={node === id || undefined}>
          <StateMark state={state} />
          <button type="button" className="ellipsis" onClick={() => doc.select([node])}>
            {title(node)}
          </button>
          <span className="soft">{t(`state.${state.state}`)}</span>
          <div>
            <Line state={state} />
            {node === id && state.log && <pre tabIndex={0} className="mono" style={{ maxHeight: 240, overflow: 'auto', fontSize: 12 }} aria-label={t('results.printed')}>{state.log}</pre>}
            {node === id && state.curve.length > 0 && <CurveChart curve={state.curve} height={150} />}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Line({ state }: { state: NodeState }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const errorWords = useErrorWords()
  if (state.error) {
    const words = errorWords(state.error)
    return (
      <span className={css.fail}>
        {words.title}. {words.text} {words.detail && <span lang="en" className="faint">{words.detail}</span>}
      </span>
    )
  }
  const rows = Object.values(state.rows).map((n) => t('node.rows', { count: n, n: f.number(n, 0) }))
  const parts = [
    ...rows,
    state.cached ? t('results.cachedLine') : state.elapsed_ms ? t('results.took', { time: f.duration(state.elapsed_ms) }) : null,
    state.reason ? t(`reason.${state.reason}` as 'reason.upstream', { defaultValue: '' }) : null,
    state.finished_at ? f.moment(state.finished_at) : null,
  ].filter(Boolean)
  return <span className="soft num">{parts.join(' · ')}</span>
}
