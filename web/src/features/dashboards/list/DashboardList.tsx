import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { LayoutDashboard, Lock, Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { dashboardQuery, dashboardsQuery, type Dashboard } from '@/api/dashboards'
import { useProject } from '@/api/queries'
import type { Asset } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, VersionTag } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { can } from '@/lib/rights'
import { useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import css from './DashboardList.module.css'
import { NewDashboard } from './NewDashboard'
import { PageThumb } from './PageThumb'

/** The dashboards of a project, each with how its first page is laid out. */
export function DashboardList() {
  const { t } = useTranslation(['dashboards', 'common'])
  const projectId = useProjectId()
  const narrow = useNarrow()
  const [q, setQ] = useParam('q')
  const project = useProject(projectId)
  const list = useQuery(dashboardsQuery(projectId))
  const mayCreate = can(project.data, 'create') && !narrow
  const create = mayCreate ? <NewDashboard projectId={projectId} /> : undefined
  const found = (all: Asset[]) => all.filter((a) => `${a.name} ${a.description}`.toLowerCase().includes(q.toLowerCase()))
  const some = (list.data?.length ?? 0) > 0
  return (
    <Page title={t('title')} sub={t('sub')} actions={some ? create : undefined}>
      {some && (
        <div className={css.tools}>
          <Input allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={14} color="var(--ink-faint)" />} placeholder={t('list.search')} aria-label={t('list.search')} style={{ maxWidth: 300 }} />
        </div>
      )}
      <QueryView
        query={list}
        empty={
          <div className={css.empty}>
            <LayoutDashboard size={30} strokeWidth={1.25} color="var(--accent)" aria-hidden />
            <h2>{t('list.empty')}</h2>
            <p>{mayCreate ? t('list.emptyText') : t('list.emptyViewer')}</p>
            {create}
          </div>
        }
      >
        {(all) =>
          found(all).length === 0 ? (
            <State inline icon={<Search size={24} strokeWidth={1.5} />} title={t('list.noMatch', { q })} />
          ) : (
            <ul className={css.cards}>
              {found(all).map((asset) => (
                <Card key={asset.id} asset={asset} projectId={projectId} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Page>
  )
}

function Card({ asset, projectId }: { asset: Asset; projectId: string }) {
  const { t } = useTranslation(['dashboards', 'common'])
  const readable = asset.rights.includes('use')
  const detail = useQuery({ ...dashboardQuery(asset.id), enabled: readable, staleTime: 60_000 })
  return (
    <li>
      <AppLink href={urls.dashboard(projectId, asset.id)} className={css.card}>
        {detail.data ? <PageThumb dashboard={detail.data.dashboard} /> : <div className={css.thumb}>{!readable && <Lock size={20} strokeWidth={1.5} aria-hidden />}</div>}
        <div className={css.body}>
          <div className={css.line}>
            <h2 className="ellipsis">{asset.name}</h2>
            {asset.latest && <VersionTag seq={asset.latest.seq} label={asset.latest.label} />}
          </div>
          {asset.description && <p className={css.about}>{asset.description}</p>}
          <div className={`${css.line} small faint`}>
            <span>{!readable ? t('list.hidden') : detail.data && <Counts dashboard={detail.data.dashboard} />}</span>
          </div>
          <div className={`${css.line} small faint`}>
            <Person user={asset.latest?.author ?? asset.created_by} />
            <Ago at={asset.updated_at} />
          </div>
        </div>
      </AppLink>
    </li>
  )
}

function Counts({ dashboard }: { dashboard: Dashboard }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const blocks = dashboard.pages.reduce((sum, page) => sum + page.blocks.filter((b) => 'figure' in b.shows).length, 0)
  return <>{[t('list.pages', { count: dashboard.pages.length, n: f.number(dashboard.pages.length) }), t('list.figures', { count: blocks, n: f.number(blocks) })].join(' · ')}</>
}
