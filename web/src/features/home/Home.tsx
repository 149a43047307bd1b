import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { ChartNoAxesCombined, CircleCheck, CircleX, Database, GitCommitHorizontal, Inbox, Layers, MessageSquare, MessageSquareWarning, SquareTerminal, Upload, UserRound } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { accessRequestsQuery, anyAssetQuery, assetsQuery, isActive, runsQuery, scenariosQuery, useProject } from '@/api/queries'
import { myThreadsQuery, type Thread } from '@/api/threads'
import type { Activity, Asset, Project, Run } from '@/api/types'
import { AccessRequestList } from '@/components/AccessRequestList'
import { AppLink } from '@/components/AppLink'
import { Answer } from '@/components/report/Answer'
import { Bars } from '@/components/Bars'
import { Ago, RunState } from '@/components/bits'
import { WhomToAsk } from '@/components/NoRight'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { Loading, State } from '@/components/states'
import { useErrorWords } from '@/components/useErrorText'
import { useRunName } from '@/components/useRunName'
import { RunProgress } from '@/components/RunProgress'
import { lastSeen, markSeen } from '@/lib/recent'
import { can } from '@/lib/rights'
import { useGo, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import css from './Home.module.css'
import { HeadlineNumbers } from './HeadlineNumbers'
import { NewestReport } from './NewestReport'
import { perWeek } from './perWeek'
import { excerpt, SaidShort, useThreadPlace } from './Said'
import { told } from './tells'
import { waitingRuns } from './waiting'

/** What changed since the last visit, what waits, and the numbers of the project. */
export function Home() {
  const { t } = useTranslation(['home', 'common'])
  const projectId = useProjectId()
  const project = useProject(projectId)
  const assets = useQuery(assetsQuery(projectId))
  const runs = useQuery(runsQuery(projectId))
  const newest = runs.data?.find(isReport)
  const bare = assets.data?.length === 0 && runs.data?.length === 0
  // Without datasets and runs there may be a workflow, a dashboard or an app.
  const other = useQuery({ ...anyAssetQuery(projectId), enabled: bare })
  const fresh = bare && other.data !== true
  return (
    <Page title={project.data?.name ?? t('title')} sub={project.data?.description}>
      {assets.isError ? (
        <QueryView query={assets}>{() => null}</QueryView>
      ) : fresh && other.isPending ? (
        <Loading />
      ) : fresh && project.data?.role === 'guest' ? (
        <NothingShared />
      ) : fresh ? (
        <GetStarted projectId={projectId} project={project.data} />
      ) : (
        <>
          <Numbers assets={assets.data} runs={runs.data} projectId={projectId} />
          {newest && <NewestReport run={newest} projectId={projectId} />}
          <div className={css.cols}>
            <Changes projectId={projectId} />
            <div>
              <Waiting projectId={projectId} runs={runs.data ?? []} />
              <Reports projectId={projectId} runs={runs.data ?? []} />
            </div>
          </div>
        </>
      )}
    </Page>
  )
}

const isReport = (run: Run) => run.kind === 'scenario' && run.state === 'succeeded'

/** Stands for a number that is on its way: nothing is told as none. */
const Coming = () => <Skeleton active title={false} paragraph={{ rows: 2, width: ['40%', '70%'] }} />

function Numbers({ assets, runs, projectId }: { assets: Asset[] | undefined; runs: Run[] | undefined; projectId: string }) {
  const { t } = useTranslation(['home', 'common'])
  const f = useFormat()
  const rows = (assets ?? []).reduce((sum, a) => sum + (a.latest?.rows ?? 0), 0)
  const bytes = (assets ?? []).reduce((sum, a) => sum + (a.latest?.bytes ?? 0), 0)
  const report = runs?.find(isReport)
  const weeks = perWeek((runs ?? []).map((r) => r.created_at), new Date(), 12)
  return (
    <div className={css.numbers}>
      <AppLink href={urls.data(projectId)} className={css.number}>
        <div className={css.label}>{t('numbers.datasets')}</div>
        {assets ? (
          <>
            <div className={css.value}>{f.number(assets.length, 0)}</div>
            <div className={css.sub}>
              {t('common:unit.rows', { count: rows, n: f.compact(rows) })} · {f.bytes(bytes)}
            </div>
          </>
        ) : (
          <Coming />
        )}
      </AppLink>
      <AppLink href={urls.scenarios(projectId)} className={css.number}>
        <div className={css.label}>{t('numbers.runs')}</div>
        {runs ? (
          <>
            <div className={css.value}>{f.number(runs.length, 0)}</div>
            <Bars values={weeks} height={22} width={140} label={t('numbers.runsChart')} />
          </>
        ) : (
          <Coming />
        )}
      </AppLink>
      {report && <HeadlineNumbers run={report} projectId={projectId} />}
    </div>
  )
}

const ICONS: Record<string, typeof Database> = { version: GitCommitHorizontal, asset: Database, run: ChartNoAxesCombined, member: UserRound, project: Layers }

function Changes({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['home', 'common'])
  const [since] = useState(() => lastSeen(projectId))
  const activity = useQuery({
    queryKey: keys.activity(projectId),
    queryFn: async () =>
      (await call(api.GET('/api/v1/projects/{project_id}/activity', { params: { path: { project_id: projectId }, query: { limit: 100 } } }))).items,
  })
  const scenarios = useQuery(scenariosQuery)
  const threads = useQuery(myThreadsQuery(projectId, ''))
  const newest = activity.data?.[0]?.at
  useEffect(() => {
    if (newest) return () => markSeen(projectId, newest)
    return undefined
  }, [newest, projectId])
  return (
    <PageSection title={t('changes')}>
      <QueryView query={activity} inline empty={<p className="soft">{t('noChanges')}</p>}>
        {(all) => {
          const list = told(all, (run) => !scenarios.data?.some((s) => s.name === run.name))
          const firstOld = since ? list.findIndex((item) => item.at <= since) : -1
          return (
            <ul className={css.feed}>
              {list.slice(0, 20).map((item, index) => (
                <li key={item.id}>
                  {index === firstOld && index > 0 && <div className={css.divider}>{t('sinceLast')}</div>}
                  <Event item={item} projectId={projectId} isNew={since !== null && item.at > since} thread={threads.data?.find((one) => one.id === item.thread_id)} />
                </li>
              ))}
            </ul>
          )
        }}
      </QueryView>
    </PageSection>
  )
}

function Event({ item, projectId, isNew, thread }: { item: Activity; projectId: string; isNew: boolean; thread: Thread | undefined }) {
  const { t, i18n } = useTranslation(['home', 'common'])
  const f = useFormat()
  const Icon = item.kind === 'run' && item.change === 'failed' ? CircleX : (ICONS[item.kind] ?? GitCommitHorizontal)
  const scenarios = useQuery(scenariosQuery)
  const title = item.kind === 'run' ? scenarios.data?.find((s) => s.name === item.name)?.title : undefined
  const place = useThreadPlace(projectId)
  if (item.kind === 'thread') {
    const { name, href } = place({ asset: item.asset ?? null, seq: null, run_id: item.run_id ?? null, element: null })
    const on = item.element ? 'step' : item.run_id ? 'run' : 'asset'
    const feedback = thread?.feedback && item.change === 'created'
    const said = item.change === 'created' ? thread?.comments[0] : undefined
    return (
      <Line icon={feedback ? MessageSquareWarning : MessageSquare} item={item} isNew={isNew}>
        <AppLink href={href}>{t(feedback ? 'said.feedback' : `said.${on}`, { name, what: t(`said.change.${item.change}` as 'said.change.created', { defaultValue: item.change }) })}</AppLink>
        {item.who && <span className="faint small"> · {item.who.name}</span>}
        {said && !said.deleted && <span className={css.quote}>{excerpt(said.body)}</span>}
      </Line>
    )
  }
  const name = title ? f.words(title) : item.asset?.name || item.about?.name || item.name
  const key = `event.${item.kind}_${item.change}`
  const known = i18n.exists(`home:${key}`) ? key : 'event.other'
  const words = t(known as 'event.version_created', { name, seq: item.asset?.seq ?? '', change: item.change })
  const href = item.run_id ? urls.run(projectId, item.run_id) : item.asset ? urls.asset(projectId, item.asset) : null
  return (
    <Line icon={Icon} item={item} isNew={isNew}>
      {href ? <AppLink href={href}>{words}</AppLink> : words}
      {item.who && <span className="faint small"> · {item.who.name}</span>}
    </Line>
  )
}

function Line({ icon: Icon, item, isNew, children }: { icon: typeof Database; item: Activity; isNew: boolean; children: ReactNode }) {
  return (
    <div className={isNew ? `${css.event} ${css.new}` : css.event}>
      <Icon size={15} aria-hidden />
      <span style={{ overflowWrap: 'anywhere' }}>{children}</span>
      <span className="small faint">
        <Ago at={item.at} />
      </span>
    </div>
  )
}

function Waiting({ projectId, runs }: { projectId: string; runs: Run[] }) {
  const { t } = useTranslation(['home', 'common'])
  const errorWords = useErrorWords()
  const requests = useQuery(accessRequestsQuery)
  const runName = useRunName()
  const open = (requests.data ?? []).filter((r) => r.state === 'pending')
  const active = runs.filter(isActive)
  const { stale, failed } = waitingRuns(runs)
  const said = useQuery(myThreadsQuery(projectId, 'open')).data ?? []
  const nothing = open.length + active.length + stale.length + failed.length + said.length === 0
  return (
    <PageSection title={t('waiting')}>
      {nothing && (
        <p className="soft" style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
          <CircleCheck size={15} color="var(--good)" aria-hidden /> {t('nothingWaits')}
        </p>
      )}
      {open.length > 0 && <AccessRequestList requests={open} />}
      <ul className={css.feed}>
        {active.map((run) => (
          <li key={run.id} style={{ padding: '8px 0' }}>
            <AppLink className={css.inText} href={urls.run(projectId, run.id)}>{runName(run)}</AppLink>
            <RunProgress run={run} compact />
          </li>
        ))}
        {[...stale.slice(0, 5), ...failed.slice(0, 3)].map((run) => (
          <li key={run.id} className={css.event}>
            {run.state === 'failed' ? <CircleX size={15} aria-hidden /> : <ChartNoAxesCombined size={15} aria-hidden />}
            <span>
              <AppLink className={css.inText} href={urls.run(projectId, run.id)}>{runName(run)}</AppLink>
              <span className="small faint"> {run.state === 'failed' ? run.error && errorWords(run.error).brief : t('staleWhy')}</span>
            </span>
            <RunState run={run} />
          </li>
        ))}
      </ul>
      {said.length > 0 && <SaidShort threads={said.slice(0, 4)} projectId={projectId} count={said.length} />}
    </PageSection>
  )
}

function Reports({ projectId, runs }: { projectId: string; runs: Run[] }) {
  const { t } = useTranslation(['home', 'common'])
  const runName = useRunName()
  const reports = runs.filter(isReport).slice(1, 4)
  if (reports.length === 0) return null
  return (
    <PageSection title={t('reports')} extra={<AppLink href={urls.scenarios(projectId)}>{t('allReports')}</AppLink>}>
      {reports.map((run) => (
        <AppLink key={run.id} href={urls.run(projectId, run.id)} className={css.report}>
          <b>{runName(run)}</b>
          <Answer runId={run.id} />
          <div className="small faint">
            {run.inputs.map((i) => `${i.asset?.name ?? t('common:state.hidden')} v${i.seq}`).join(', ')} · <Ago at={run.finished_at ?? run.created_at} />
          </div>
        </AppLink>
      ))}
    </PageSection>
  )
}

/** A guest sees what was shared with them, and so far that is nothing. */
function NothingShared() {
  const { t } = useTranslation('home')
  return (
    <State icon={<Inbox size={26} strokeWidth={1.5} aria-hidden />} title={t('guest.title')} text={t('guest.text')} actions={<div><WhomToAsk wish={t('guest.wish')} /></div>} />
  )
}

function GetStarted({ projectId, project }: { projectId: string; project: Project | undefined }) {
  const { t } = useTranslation(['home', 'common'])
  const go = useGo()
  const narrow = useNarrow()
  return (
    <>
      <p className="soft">{t('start.text')}</p>
      <ol className={css.start}>
        <li>
          <b>
            <Upload size={16} color="var(--accent)" aria-hidden /> {t('start.data')}
          </b>
          <span className="soft">{t('start.dataText')}</span>
          {can(project, 'create') && !narrow && (
            <Button type="primary" style={{ marginTop: 'auto', alignSelf: 'flex-start' }} onClick={() => go(urls.data(projectId))}>
              {t('start.dataAction')}
            </Button>
          )}
        </li>
        {can(project, 'writeCode') && (
          <li>
            <b>
              <SquareTerminal size={16} aria-hidden /> {t('start.query')}
            </b>
            <span className="soft">{t('start.queryText')}</span>
          </li>
        )}
        <li>
          <b>
            <ChartNoAxesCombined size={16} aria-hidden /> {t('start.scenario')}
          </b>
          <span className="soft">{t('start.scenarioText')}</span>
        </li>
      </ol>
    </>
  )
}
