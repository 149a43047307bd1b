import { useQuery } from '@tanstack/react-query'
import { Check, CircleDashed, Diff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { runQuery } from '@/api/queries'
import type { Run } from '@/api/types'
import { runNodesQuery, workflowQuery, type NodeState, type Workflow } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { QueryView } from '@/components/QueryView'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { compareRuns, otherInputs, versionOf, type Compared } from '../model/runs'
import css from './run.module.css'

interface Side {
  run: Run
  workflow: Workflow
  states: Record<string, NodeState>
}

/** Two runs step by step: whether the rows are the same, and what of their making was not. */
export function RunCompare({ here, otherId, title }: { here: Side; otherId: string; title: (id: string) => string }) {
  const run = useQuery(runQuery(otherId))
  const nodes = useQuery(runNodesQuery(otherId))
  const flow = run.data ? versionOf(run.data) : null
  const detail = useQuery({ ...workflowQuery(flow?.asset ?? '', flow?.seq), enabled: flow !== null })
  return (
    <QueryView query={run} inline>
      {(other) => (
        <QueryView query={nodes} inline>
          {(states) => (
            <QueryView query={detail} inline>
              {({ workflow }) => <Table here={here} there={{ run: other, workflow, states: states.nodes }} title={title} />}
            </QueryView>
          )}
        </QueryView>
      )}
    </QueryView>
  )
}

function Table({ here, there, title }: { here: Side; there: Side; title: (id: string) => string }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const projectId = useProjectId()
  const [a, b] = [versionOf(here.run), versionOf(there.run)]
  const all = compareRuns(here, there)
  const count = (verdict: Compared['verdict']) => all.filter((c) => c.verdict === verdict).length
  const inputs = otherInputs(here.run, there.run)
  const params = JSON.stringify(here.run.params) !== JSON.stringify(there.run.params)
  const rows = (state: NodeState | undefined) => Object.values(state?.rows ?? {}).map((n) => f.number(n, 0)).join(' / ') || '–'
  const time = (state: NodeState | undefined) => (state?.cached ? t('results.cachedLine') : state?.elapsed_ms ? f.duration(state.elapsed_ms) : '–')
  return (
    <>
      <p>
        {count('different') > 0 ? t('runPage.differ', { count: count('different'), n: f.number(count('different')) }) : count('same') > 0 ? t('runPage.allSame') : t('runPage.nothingKnown')}
      </p>
      <ul className={css.io}>
        {a && b && a.seq !== b.seq && (
          <li>
            {t('runPage.otherVersion', { here: a.seq, there: b.seq })} <AppLink href={urls.compareWorkflow(projectId, a.asset, { from: Math.min(a.seq, b.seq), to: Math.max(a.seq, b.seq) })}>{t('versions.compare')}</AppLink>
          </li>
        )}
        {inputs.map((input) => (
          <li key={input.role}>{t('runPage.otherInput', { step: title(input.role), here: input.here, there: input.there })}</li>
        ))}
        {params && <li>{t('runPage.otherParams')}</li>}
        {here.run.seed !== there.run.seed && <li>{t('runPage.otherSeed', { here: String(here.run.seed), there: String(there.run.seed) })}</li>}
        {here.run.environment !== there.run.environment && <li>{t('runPage.otherEnvironment', { here: here.run.environment, there: there.run.environment })}</li>}
      </ul>
      <div className={css.wrap} tabIndex={0} role="region" aria-label={t('runPage.compare')}>
        <table className={css.lanes}>
          <thead>
            <tr>
              <th scope="col">{t('runPage.step')}</th>
              <th scope="col">{t('runPage.result')}</th>
              <th scope="col" className={css.right}>{t('runPage.rowsHere')}</th>
              <th scope="col" className={css.right}>{t('runPage.rowsThere')}</th>
              <th scope="col" className={css.right}>{t('runPage.timeHere')}</th>
              <th scope="col" className={css.right}>{t('runPage.timeThere')}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((c) => (
              <tr key={c.id}>
                <td><span className="ellipsis" style={{ display: 'block' }}>{title(c.id)}</span></td>
                <td>
                  <span className={c.verdict === 'same' || c.verdict === 'same_work' ? css.same : c.verdict === 'different' ? css.different : 'faint'} style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
                    {c.verdict === 'same' || c.verdict === 'same_work' ? <Check size={14} aria-hidden /> : c.verdict === 'different' ? <Diff size={14} aria-hidden /> : <CircleDashed size={14} aria-hidden />}
                    {t(`runPage.verdict.${c.verdict}`)}
                  </span>
                </td>
                <td className={`${css.right} num`}>{rows(c.here)}</td>
                <td className={`${css.right} num`}>{rows(c.there)}</td>
                <td className={`${css.right} num`}>{time(c.here)}</td>
                <td className={`${css.right} num`}>{time(c.there)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
