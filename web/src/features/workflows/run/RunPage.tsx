import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { CircleStop, RefreshCw, RotateCcw, Workflow as FlowIcon } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { storeRun, useRunEvents } from '@/api/live'
import { isActive, runQuery, runsQuery, useProject } from '@/api/queries'
import type { Run } from '@/api/types'
import { refreshWorkflow } from '@/api/schedules'
import { cancelRun, runNodesQuery, startRun, workflowQuery, type NodeState, type Workflow } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, RunState, VersionTag } from '@/components/bits'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { RunProgress } from '@/components/RunProgress'
import { RunWarnings } from '@/components/RunWarnings'
import { ErrorState } from '@/components/states'
import { Tabs } from '@/components/Tabs'
import { Threads } from '@/components/threads/Threads'
import { useErrorWords } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useGo, useParam, usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { catalogOf, componentId } from '../model/connect'
import { versionOf } from '../model/runs'
import { useComponents } from '../store/components'
import { Lanes } from './Lanes'
import { RunCompare } from './RunCompare'
import { RunGraph } from './RunGraph'
import { Made, ReadFrom } from './RunInputs'
import { StepResult } from './StepResult'
import { StepSide } from './StepSide'
import css from './run.module.css'

/** A run of a workflow: its graph with how each step went, what it read, what it wrote, and another run beside it. */
export function RunPage() {
  const runId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const run = useQuery(runQuery(runId))
  useRunEvents(runId, run.data !== undefined && isActive(run.data))
  return <QueryView query={run}>{(data) => <Shown run={data} />}</QueryView>
}

const NO_STATES: Record<string, NodeState> = {}

function Shown({ run }: { run: Run }) {
  const { t } = useTranslation(['workflows', 'common', 'threads'])
  const projectId = useProjectId()
  const f = useFormat()
  const [tab, setTab] = useParam('tab', 'steps')
  const [chosen, choose] = useParam('node')
  const flow = versionOf(run)
  const nodes = useQuery({ ...runNodesQuery(run.id), enabled: !isActive(run), retry: false })
  const live = (run as { nodes?: Record<string, NodeState> | null }).nodes
  const states = live ?? nodes.data?.nodes ?? NO_STATES
  const detail = useQuery({ ...workflowQuery(flow?.asset ?? '', flow?.seq), enabled: flow !== null, retry: false })
  const workflow: Workflow | undefined = detail.data?.workflow
  const components = useComponents(projectId, workflow)
  const catalog = useMemo(() => catalogOf([...(components.data?.pinned ?? []), ...(components.data?.signatures ?? [])]), [components.data])
  const title = useCallback(
    (id: string) => {
      const node = workflow?.nodes[id]
      return node ? (f.words(node.label) || f.words(catalog.get(componentId(node.component))?.title) || node.component.name) : id
    },
    [workflow, catalog, f],
  )
  const took = run.started_at && run.finished_at ? new Date(run.finished_at).getTime() - new Date(run.started_at).getTime() : null
  const node = workflow?.nodes[chosen]
  const signature = node && catalog.get(componentId(node.component))
  return (
    <Page
      title={run.name}
      up={flow ? { href: urls.workflow(projectId, flow.asset), label: flow.name } : { href: urls.workflows(projectId), label: t('title') }}
      heading={t('runPage.title', { name: f.inside(run.name) }).trim()}
      sub={
        <span style={{ display: 'inline-flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }} className="small">
          <RunState run={run} />
          {flow && <VersionTag seq={flow.seq} />}
          <Person user={run.author} />
          <Ago at={run.finished_at ?? run.created_at} />
          {took !== null && <span className="num">{f.duration(took)}</span>}
        </span>
      }
      actions={<Actions run={run} flow={flow} />}
    >
      {isActive(run) && (
        <div style={{ maxWidth: 560, marginBottom: 16 }}>
          <RunProgress run={run} />
        </div>
      )}
      <RunWarnings run={run} />
      {run.stale && !isActive(run) && <Stale workflow={flow?.asset} />}
      {detail.isError && <ErrorState inline error={detail.error} retry={() => void detail.refetch()} />}
      {workflow && (
        <>
          <div className={css.grid}>
            <RunGraph workflow={workflow} catalog={catalog} states={states} title={title} chosen={chosen} onChoose={choose} />
            <StepSide run={run} workflow={workflow} states={states} id={chosen} title={title(chosen)} signature={signature} workflowId={flow?.asset ?? null} onShow={() => setTab('result')} />
          </div>
          <div style={{ height: 14 }} />
          <Tabs
            activeKey={tab}
            onChange={setTab}
            items={[
              { key: 'steps', label: t('runPage.steps'), children: <Lanes workflow={workflow} states={states} title={title} chosen={chosen} onChoose={choose} /> },
              { key: 'result', label: t('runPage.result'), children: tab === 'result' ? <StepResult run={run} id={chosen} title={title(chosen)} signature={signature} state={states[chosen]} /> : null },
              { key: 'log', label: t('results.log'), children: <Log workflow={workflow} states={states} title={title} /> },
              { key: 'discussion', label: t('threads:title'), children: tab === 'discussion' ? <Threads anchor={{ run: run.id }} projectId={projectId} /> : null },
              { key: 'compare', label: t('runPage.compare'), children: tab === 'compare' ? <Beside run={run} workflow={workflow} states={states} title={title} /> : null },
            ]}
          />
        </>
      )}
      <PageSection title={t('runPage.made')}>
        <Made run={run} title={title} />
      </PageSection>
      <PageSection title={t('runPage.read')}>
        <ReadFrom run={run} title={title} declared={workflow?.params} />
      </PageSection>
    </Page>
  )
}

/** What it read has newer versions: says so, and runs on them. */
function Stale({ workflow }: { workflow: string | undefined }) {
  const { t } = useTranslation('workflows')
  const go = useGo()
  const client = useQueryClient()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const refresh = useMutate<void, Run>(() => refreshWorkflow(workflow ?? ''), {
    touches: [keys.runs(projectId)],
    onSuccess: (started) => {
      storeRun(client, started)
      go(urls.run(projectId, started.id))
    },
  })
  return (
    <div className={css.stale} role="note">
      <span>{t('runPage.stale')}</span>
      {workflow && can(project, 'run') && (
        <Button size="small" icon={<RefreshCw size={14} />} loading={refresh.isPending} onClick={() => refresh.mutate()}>
          {t('runPage.refresh')}
        </Button>
      )}
    </div>
  )
}

/** Stops what goes on; begins again where it ended. */
function Actions({ run, flow }: { run: Run; flow: ReturnType<typeof versionOf> }) {
  const { t } = useTranslation(['workflows', 'common'])
  const go = useGo()
  const client = useQueryClient()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const mayRun = can(project, 'run') && flow !== null
  const cancel = useMutate(() => cancelRun(run.id), { touches: [keys.run(run.id), keys.runs(projectId)] })
  const again = useMutate<boolean, Run>((anew) => startRun(flow?.asset ?? '', { seq: flow?.seq, params: run.params as Record<string, unknown>, seed: run.seed, again: anew }), {
    touches: [keys.runs(projectId)],
    onSuccess: (started) => {
      storeRun(client, started)
      go(urls.run(projectId, started.id))
    },
  })
  if (isActive(run))
    return (
      <Button danger icon={<CircleStop size={15} />} onClick={() => cancel.mutate()} loading={cancel.isPending}>
        {t('cmd.stop')}
      </Button>
    )
  const unfinished = run.state !== 'succeeded'
  return (
    <>
      {flow && (
        <AppLink href={urls.workflow(projectId, flow.asset)}>
          <Button icon={<FlowIcon size={15} />} tabIndex={-1}>
            {t('runPage.open')}
          </Button>
        </AppLink>
      )}
      {mayRun && (
        <Button type={unfinished ? 'primary' : 'default'} icon={<RotateCcw size={15} />} loading={again.isPending} onClick={() => again.mutate(!unfinished)} title={t(unfinished ? 'runPage.retryHint' : 'runPage.againHint')}>
          {t(unfinished ? 'runPage.retry' : 'runPage.again')}
        </Button>
      )}
    </>
  )
}

/** What happened, in the order in which it did. */
function Log({ workflow, states, title }: { workflow: Workflow; states: Record<string, NodeState>; title: (id: string) => string }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const errorWords = useErrorWords()
  const failure = (error: NonNullable<NodeState['error']>) => {
    const words = errorWords(error)
    return [t('state.failed'), words.title, words.text, words.detail].filter(Boolean).join(' · ')
  }
  const lines = Object.entries(states)
    .filter(([id]) => workflow.nodes[id])
    .flatMap(([id, s]) => [
      ...(s.started_at && !s.cached ? [{ at: s.started_at, id, text: t('runPage.logStarted') }] : []),
      ...(s.finished_at ? [{ at: s.finished_at, id, text: s.error ? failure(s.error) : s.cached ? t('node.cached') : [t(`state.${s.state}`), ...Object.values(s.rows).map((n) => t('node.rows', { count: n, n: f.number(n, 0) })), s.elapsed_ms ? f.duration(s.elapsed_ms) : null].filter(Boolean).join(' · ') }] : []),
    ])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  if (lines.length === 0) return <p className="soft">{t('results.noLog')}</p>
  return (
    <ul className={css.log}>
      {lines.map((line, index) => (
        <li key={index}>
          <time className="mono faint" dateTime={line.at} title={f.moment(line.at)}>
            {f.clock(line.at)}
          </time>
          <span className="ellipsis">{title(line.id)}</span>
          <span className="soft num" style={{ overflowWrap: 'anywhere' }}>{line.text}</span>
        </li>
      ))}
    </ul>
  )
}

/** Another run of the same workflow beside this one. */
function Beside({ run, workflow, states, title }: { run: Run; workflow: Workflow; states: Record<string, NodeState>; title: (id: string) => string }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const projectId = useProjectId()
  const [other, setOther] = useParam('with')
  const runs = useQuery(runsQuery(projectId, { kind: 'workflow' }))
  const mine = versionOf(run)?.asset
  const others = (runs.data ?? []).filter((r) => r.id !== run.id && versionOf(r)?.asset === mine)
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 14 }}>
      <label style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
        <span className="soft">{t('runPage.with')}</span>
        <Select
          style={{ minWidth: 320, maxWidth: '100%' }}
          value={other || undefined}
          placeholder={others.length > 0 ? t('runPage.pickRun') : t('runPage.noOther')}
          disabled={others.length === 0}
          aria-label={t('runPage.with')}
          onChange={setOther}
          options={others.map((r) => ({ value: r.id, label: `${f.moment(r.created_at)} · ${t(`common:run.state.${r.state}`)} · v${versionOf(r)?.seq ?? '–'} · ${r.author.name}` }))}
        />
      </label>
      {other && <RunCompare here={{ run, workflow, states }} otherId={other} title={title} />}
    </div>
  )
}
