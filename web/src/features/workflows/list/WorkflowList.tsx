import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { Lock, Search, Workflow as Icon } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { runsQuery, useProject } from '@/api/queries'
import type { Asset, Run } from '@/api/types'
import { workflowQuery, workflowsQuery } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, RunState, VersionTag } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { can } from '@/lib/rights'
import { useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { GraphThumb } from './GraphThumb'
import { NewWorkflow } from './NewWorkflow'
import css from './WorkflowList.module.css'

/** The workflows of a project, each with its picture and how its last run went. */
export function WorkflowList() {
  const { t } = useTranslation(['workflows', 'common'])
  const projectId = useProjectId()
  const narrow = useNarrow()
  const [q, setQ] = useParam('q')
  const project = useProject(projectId)
  const flows = useQuery(workflowsQuery(projectId))
  const runs = useQuery(runsQuery(projectId, { kind: 'workflow' }))
  const mayCreate = can(project.data, 'create') && !narrow
  const create = mayCreate ? <NewWorkflow projectId={projectId} /> : undefined
  const found = (list: Asset[]) => list.filter((a) => `${a.name} ${a.description}`.toLowerCase().includes(q.toLowerCase()))
  const some = (flows.data?.length ?? 0) > 0
  return (
    <Page title={t('title')} sub={t('sub')} actions={some ? create : undefined}>
      {some && (
        <div className={css.tools}>
          <Input allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={14} color="var(--ink-faint)" />} placeholder={t('list.search')} aria-label={t('list.search')} style={{ maxWidth: 300 }} />
        </div>
      )}
      <QueryView
        query={flows}
        empty={
          <div className={css.empty}>
            <Icon size={30} strokeWidth={1.25} color="var(--accent)" aria-hidden />
            <h2>{t('list.empty')}</h2>
            <p>{mayCreate ? t('list.emptyText') : t('list.emptyViewer')}</p>
            {create}
          </div>
        }
      >
        {(list) =>
          found(list).length === 0 ? (
            <State inline icon={<Search size={24} strokeWidth={1.5} />} title={t('list.noMatch', { q })} />
          ) : (
            <ul className={css.cards}>
              {found(list).map((asset) => (
                <Card key={asset.id} asset={asset} projectId={projectId} run={lastRun(asset, runs.data ?? [])} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Page>
  )
}

const lastRun = (asset: Asset, runs: Run[]) => runs.find((run) => run.inputs.some((i) => i.asset?.id === asset.id)) ?? runs.find((run) => run.name === asset.name)

function Card({ asset, projectId, run }: { asset: Asset; projectId: string; run: Run | undefined }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const [box, seen] = useSeen()
  const readable = asset.rights.includes('inspect')
  const detail = useQuery({ ...workflowQuery(asset.id), enabled: readable && seen, staleTime: 60_000 })
  const count = detail.data ? Object.keys(detail.data.workflow.nodes).length : null
  return (
    <li ref={box}>
      <AppLink href={urls.workflow(projectId, asset.id)} className={css.card}>
        {detail.data ? (
          <GraphThumb workflow={detail.data.workflow} label={t('list.picture', { name: asset.name })} />
        ) : (
          <div className={css.noThumb}>{!readable && <Lock size={20} strokeWidth={1.5} aria-hidden />}</div>
        )}
        <div className={css.body}>
          <div className={css.line}>
            <h2 className="ellipsis">{asset.name}</h2>
            {asset.latest && <VersionTag seq={asset.latest.seq} label={asset.latest.label} />}
          </div>
          {asset.description && <p className={css.about}>{asset.description}</p>}
          <div className={`${css.line} small faint`}>
            <Person user={asset.latest?.author ?? asset.created_by} />
            <Ago at={asset.updated_at} />
          </div>
          <div className={`${css.line} small faint`}>
            <span className="num">{count !== null && t('list.nodes', { count, n: f.number(count) })}</span>
            {!readable ? t('list.hidden') : run ? <RunState run={run} /> : t('list.never')}
          </div>
        </div>
      </AppLink>
    </li>
  )
}

/** Whether an element has come into sight. */
function useSeen() {
  const ref = useRef<HTMLLIElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), { rootMargin: '200px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, seen] as const
}
