import { useQuery } from '@tanstack/react-query'
import { CircleHelp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { isActive, runsQuery, scenariosQuery } from '@/api/queries'
import type { Run, Scenario } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, RunState } from '@/components/bits'
import { Answer } from '@/components/report/Answer'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { RunProgress } from '@/components/RunProgress'
import { useRunName } from '@/components/useRunName'
import { State } from '@/components/states'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './Gallery.module.css'

/** Business questions that can be answered here, and the reports made so far. */
export function Gallery() {
  const { t } = useTranslation(['scenarios', 'common'])
  const projectId = useProjectId()
  const scenarios = useQuery(scenariosQuery)
  const runs = useQuery(runsQuery(projectId, { kind: 'scenario' }))
  return (
    <Page title={t('title')} sub={t('sub')}>
      <QueryView query={scenarios} empty={<State inline title={t('none')} />}>
        {(list) => (
          <ul className={css.grid}>
            {list.map((scenario) => (
              <li key={scenario.name}>
                <Card scenario={scenario} projectId={projectId} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      <PageSection title={t('reports')}>
        <QueryView query={runs} inline empty={<p className="soft">{t('noReports')}</p>}>
          {(list) => (
            <div>
              {list.map((run) => (
                <RunLine key={run.id} run={run} projectId={projectId} />
              ))}
            </div>
          )}
        </QueryView>
      </PageSection>
    </Page>
  )
}

function Card({ scenario, projectId }: { scenario: Scenario; projectId: string }) {
  const { t } = useTranslation(['scenarios', 'common'])
  const f = useFormat()
  return (
    <AppLink href={urls.scenario(projectId, scenario.name)} className={css.card}>
      <h2>{f.words(scenario.title)}</h2>
      <p>{f.words(scenario.summary ?? scenario.description)}</p>
      {scenario.questions && (
        <ul className={css.questions}>
          {scenario.questions.map((question, index) => (
            <li key={index}>
              <CircleHelp size={14} aria-hidden /> {f.words(question)}
            </li>
          ))}
        </ul>
      )}
      <span className={css.go}>{t('start')} →</span>
    </AppLink>
  )
}

function RunLine({ run, projectId }: { run: Run; projectId: string }) {
  const { t } = useTranslation()
  const runName = useRunName()
  return (
    <div className={css.run}>
      <div style={{ minWidth: 0 }}>
        <AppLink href={urls.run(projectId, run.id)}>{runName(run)}</AppLink>
        <div className="small faint ellipsis">{run.inputs.map((i) => `${i.asset?.name ?? t('state.hidden')} v${i.seq}`).join(', ')}</div>
        {isActive(run) ? <RunProgress run={run} compact /> : run.state === 'succeeded' && <Answer runId={run.id} className={css.answer} />}
      </div>
      <RunState run={run} />
      <span className="small faint">
        <Ago at={run.finished_at ?? run.created_at} />
      </span>
    </div>
  )
}
