import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { GitFork, Printer, RefreshCw, RotateCcw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, call, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import { storeRun, useRunEvents } from '@/api/live'
import { exportReport } from '@/api/reports'
import { isActive, runQuery, useProject } from '@/api/queries'
import type { Lineage, Run, RunLink } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, RunState, Tag } from '@/components/bits'
import { ErrorBody } from '@/components/ErrorBody'
import { ExportMenu } from '@/components/ExportMenu'
import { LineageGraph } from '@/components/LineageGraph'
import { Page, PageSection, useTitle } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { RunWarnings } from '@/components/RunWarnings'
import { RunProgress } from '@/components/RunProgress'
import { State } from '@/components/states'
import { Threads } from '@/components/threads/Threads'
import { useRunName } from '@/components/useRunName'
import { useMutate } from '@/components/useMutate'
import { useErrorText } from '@/components/useErrorText'
import { can } from '@/lib/rights'
import { useGo, useParam, usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useQueryClient } from '@tanstack/react-query'
import { KNOWN_SCHEMA } from '@/components/report/document'
import { useReport } from '@/components/report/useReport'
import { DeliveredFiles } from './DeliveredFiles'
import { ReportView } from './ReportView'
import css from './RunPage.module.css'

type Node = Lineage['nodes'][number]

/** A run from its queue to its result: progress, then what it made. */
export function RunPage() {
  const runId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const run = useQuery(runQuery(runId))
  useRunEvents(runId, run.data !== undefined && isActive(run.data))
  return (
    <QueryView query={run}>
      {(data) =>
        isActive(data) ? <Waiting run={data} /> : data.state !== 'succeeded' ? <Ended run={data} /> : data.kind === 'scenario' ? <Finished run={data} /> : data.kind === 'delivery' ? <Sent run={data} /> : <Imported run={data} />
      }
    </QueryView>
  )
}

function Waiting({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios'])
  const runName = useRunName()
  useTitle(runName(run))
  const cancel = useMutate(() => call(api.POST('/api/v1/runs/{run_id}/cancel', { params: { path: { run_id: run.id } } })), {
    touches: [keys.run(run.id), keys.runs(run.project_id)],
  })
  return (
    <div style={{ padding: '0 28px' }}>
      <div className={css.wait}>
        <div>
          <Tag>{t(`common:run.kind.${run.kind}`)}</Tag>
          <h1 style={{ marginTop: 6 }}>{runName(run)}</h1>
        </div>
        <RunProgress run={run} />
        <Inputs run={run} />
        <p className="soft">{t('waitText')}</p>
        <div>
          <Button onClick={() => cancel.mutate()} loading={cancel.isPending}>
            {t('common:run.cancel')}
          </Button>
        </div>
      </div>
    </div>
  )
}

/** Where a run belongs: the workflow itself, where its answer names it. */
function useUp(run: Run): { href: string; label: string } {
  const { t } = useTranslation(['data', 'scenarios', 'workflows', 'dashboards'])
  const projectId = useProjectId()
  if (run.kind === 'import') return { href: urls.data(projectId), label: t('data:list.title') }
  if (run.kind === 'scenario') return { href: urls.scenarios(projectId), label: t('scenarios:title') }
  const board = run.inputs.find((input) => input.role === 'dashboard')?.asset
  if (run.kind === 'delivery') return board ? { href: urls.dashboard(projectId, board.id, { tab: 'delivery' }), label: board.name } : { href: urls.dashboards(projectId), label: t('dashboards:title') }
  const flow = run.inputs.find((input) => (input.asset?.kind as string | undefined) === 'workflow')?.asset
  return flow ? { href: urls.workflow(projectId, flow.id), label: flow.name } : { href: urls.workflows(projectId), label: t('workflows:title') }
}

function Ended({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios'])
  const words = useErrorText(run.error ?? new Error(''))
  const up = useUp(run)
  const runName = useRunName()
  return (
    <Page title={runName(run)} sub={<RunMeta run={run} />} up={up}>
      {run.state === 'cancelled' ? (
        <State inline title={t('cancelled')} text={t('cancelledText')} />
      ) : (
        <div className={css.error} role="alert">
          <h2 style={{ fontSize: 15 }}>{words.title}</h2>
          <div className="soft" style={{ overflowWrap: 'anywhere', maxWidth: '90ch' }}>
            <ErrorBody words={words} />
          </div>
        </div>
      )}
      <PageSection title={t('inputs')}>
        <Inputs run={run} />
      </PageSection>
      <div style={{ marginTop: 20 }}>
        <Again run={run} />
      </div>
    </Page>
  )
}

function Sent({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'deliveries'])
  const runName = useRunName()
  return (
    <Page title={runName(run)} sub={<RunMeta run={run} />} up={useUp(run)}>
      <PageSection title={t('deliveries:run.title')}>
        <DeliveredFiles result={run.result} />
      </PageSection>
      <PageSection title={t('inputs')}>
        <Inputs run={run} />
      </PageSection>
    </Page>
  )
}

function Imported({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios'])
  const projectId = useProjectId()
  const runName = useRunName()
  const output = run.outputs.find((o) => o.asset)
  return (
    <Page title={runName(run)} sub={<RunMeta run={run} />} up={useUp(run)}>
      <RunWarnings run={run} />
      {output?.asset ? (
        <State
          inline
          title={t('imported', { name: output.asset.name })}
          text={
            <>
              {t('importedText', { seq: output.seq })}
              <ImportFacts result={run.result} />
            </>
          }
          actions={
            <AppLink href={urls.dataset(projectId, output.asset.id, { v: output.seq })}>
              <Button type="primary" tabIndex={-1}>
                {t('openDataset')}
              </Button>
            </AppLink>
          }
        />
      ) : (
        <State inline title={t('noOutput')} />
      )}
    </Page>
  )
}

/** What an import read, kept and rejected. */
function ImportFacts({ result }: { result: unknown }) {
  const { t } = useTranslation('report')
  const f = useFormat()
  const counts = (result ?? {}) as Partial<Record<'rows_read' | 'rejected' | 'rows' | 'bytes', number>>
  const facts = [
    ['rowsRead', counts.rows_read],
    ['rowsRejected', counts.rejected],
    ['rowsNow', counts.rows],
    ['onDisk', counts.bytes],
  ] as const
  return (
    <dl className={css.facts}>
      {facts.map(
        ([key, count]) =>
          count !== undefined && (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd className="num">{key === 'onDisk' ? f.bytes(count) : f.number(count, 0)}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Finished({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios', 'threads'])
  const [tab, setTab] = useParam('tab', 'report')
  const runName = useRunName()
  useTitle(runName(run))
  const report = useReport(run.id)
  return (
    <div style={{ padding: '16px 28px 40px' }} className={css.pagePad}>
      <div className={`${css.bar} no-print`}>
        <div>
          <RunMeta run={run} />
        </div>
        <div>
          <Button icon={<GitFork size={15} />} onClick={() => setTab(tab === 'lineage' ? 'report' : 'lineage')} aria-pressed={tab === 'lineage'}>
            {t('lineage')}
          </Button>
          <Again run={run} />
          <Button icon={<Printer size={15} />} aria-label={t('print')} title={t('print')} onClick={() => window.print()} />
          <ExportMenu name={runName(run)} make={(format, lang, signal) => exportReport(run.id, format, lang, signal)} />
        </div>
      </div>
      <RunWarnings run={run} />
      {run.stale && <Stale run={run} />}
      {tab === 'lineage' ? (
        <>
          <h1 style={{ fontSize: 20, marginBottom: 16 }}>{runName(run)}</h1>
          <RunLineage run={run} />
        </>
      ) : (
        <QueryView query={report}>
          {(data) => (data.schema_version > KNOWN_SCHEMA ? <State title={t('newer')} text={t('newerText')} /> : <ReportView report={data} />)}
        </QueryView>
      )}
      <div className="no-print" style={{ maxWidth: 1080, margin: '0 auto' }}>
        <PageSection title={t('threads:title')}>
          <Threads anchor={{ run: run.id }} projectId={run.project_id} />
        </PageSection>
      </div>
    </div>
  )
}

/** The inputs have moved on: say so, and offer to run on what is newest. */
function Stale({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios'])
  const go = useGo()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  return (
    <div className={`${css.stale} no-print`} role="note">
      <span>{t('stale', { inputs: run.inputs.map((i) => `${i.asset?.name ?? t('common:state.hidden')} v${i.seq}`).join(', ') })}</span>
      {can(project, 'run') && (
        <Button size="small" icon={<RefreshCw size={14} />} onClick={() => go(urls.scenario(projectId, run.name, { from: run.id }))}>
          {t('refresh')}
        </Button>
      )}
    </div>
  )
}

function Again({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common', 'data', 'scenarios'])
  const go = useGo()
  const client = useQueryClient()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const again = useMutate(() => callAs<Run>(api.POST('/api/v1/runs/{run_id}/reproduce', { params: { path: { run_id: run.id } } })), {
    touches: [keys.runs(projectId)],
    onSuccess: (started) => {
      storeRun(client, started)
      go(urls.run(projectId, started.id))
    },
  })
  if (!can(project, 'run') || run.kind !== 'scenario') return null
  return (
    <Button icon={<RotateCcw size={15} />} loading={again.isPending} onClick={() => again.mutate()} title={t('reproduceHint')}>
      {run.state === 'succeeded' ? t('reproduce') : t('common:action.retry')}
    </Button>
  )
}

function RunMeta({ run }: { run: Run }) {
  const { t } = useTranslation(['report', 'common'])
  const reproduced = (run.result as { reproduced?: boolean | null } | null | undefined)?.reproduced
  const f = useFormat()
  const took = run.started_at && run.finished_at ? new Date(run.finished_at).getTime() - new Date(run.started_at).getTime() : null
  return (
    <span style={{ display: 'inline-flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }} className="small soft">
      <RunState run={run} />
      {run.cached && <Tag>{t('common:run.cached')}</Tag>}
      {reproduced !== undefined && reproduced !== null && <Tag tone={reproduced ? 'good' : 'warn'}>{t(reproduced ? 'same' : 'different')}</Tag>}
      <Person user={run.author} />
      <Ago at={run.finished_at ?? run.created_at} />
      {took !== null && <span className="num">{f.duration(took)}</span>}
    </span>
  )
}

function Inputs({ run }: { run: Run }) {
  const { t } = useTranslation()
  const projectId = useProjectId()
  if (run.inputs.length === 0) return null
  return (
    <dl className={css.io}>
      {run.inputs.map((input) => (
        <div key={input.role} style={{ display: 'contents' }}>
          <dt>{input.role}</dt>
          <dd>
            {input.asset ? <AppLink href={urls.dataset(projectId, input.asset.id, { v: input.seq })}>{input.asset.name}</AppLink> : t('state.hidden')} <span className="mono faint">v{input.seq}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function RunLineage({ run }: { run: Run }) {
  const projectId = useProjectId()
  const { t } = useTranslation()
  const runName = useRunName()
  const id = (link: RunLink) => `${link.asset?.id ?? link.role}@${link.seq}`
  const node = (link: RunLink): Node => ({
    id: id(link),
    kind: 'asset',
    name: link.asset?.name ?? t('state.hidden'),
    asset: link.asset ? { ...link.asset, seq: link.seq } : null,
    run: null,
    stale: false,
    hidden: !link.asset,
  })
  const self: Node = {
    id: run.id, kind: 'run', name: runName({ ...run, inputs: [] }), asset: null, stale: run.stale, hidden: false,
    run: { id: run.id, kind: run.kind, name: run.name, state: run.state, created_at: run.created_at },
  }
  return (
    <LineageGraph
      projectId={projectId}
      here={run.id}
      lineage={{
        truncated: false,
        nodes: [...run.inputs.map(node), self, ...run.outputs.map(node)],
        edges: [
          ...run.inputs.map((link) => ({ from: id(link), to: run.id, role: link.role })),
          ...run.outputs.map((link) => ({ from: run.id, to: id(link), role: link.role })),
        ],
      }}
    />
  )
}
