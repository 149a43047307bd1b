import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { LayoutDashboard, Pencil, RotateCw } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { answerQuery, choicesQuery, dashboardQuery, saveDashboard, type Condition, type Dashboard, type DashboardDetail, type DashboardPage as Shown } from '@/api/dashboards'
import { keys } from '@/api/keys'
import { lineageOf, versionsQuery } from '@/api/queries'
import type { Lineage } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { Access } from '@/components/asset/Access'
import { AssetLineage } from '@/components/asset/AssetLineage'
import { VersionTag } from '@/components/bits'
import { Markdown } from '@/components/Markdown'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { ErrorState } from '@/components/states'
import { Tabs } from '@/components/Tabs'
import { Threads } from '@/components/threads/Threads'
import { useMutate } from '@/components/useMutate'
import { useGo, useParam, usePath, useProjectId, useSetParams } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { FigureBody } from '../FigureBody'
import { FilterBar } from '../FilterBar'
import css from '../Figure.module.css'
import { readSet, writeSet } from '../model/filters'
import { readFrom } from '../model/lineage'
import { DeliverTab } from '../deliver/DeliverTab'
import { useSources } from '../useSources'
import { ExportMenu } from './ExportMenu'
import { MoreMenu } from './MoreMenu'

/** A dashboard as its readers see it, each with their own access; `?v=` is an older version of it. */
export function DashboardPage() {
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const [v] = useParam('v')
  const seq = /^\d+$/.test(v) ? Number(v) : undefined
  const detail = useQuery(dashboardQuery(assetId, seq))
  return (
    <QueryView query={detail} forbidden={<AskAccess assetId={assetId} action="use" />}>
      {(data) => <Opened detail={data} seq={seq} />}
    </QueryView>
  )
}

const TABS = ['content', 'lineage', 'access', 'discussion', 'delivery'] as const

/** A dashboard keeps no lineage of its data; what it reads is in its document. */
async function withSources(own: Lineage, id: string, dashboard: Dashboard): Promise<Lineage> {
  const datasets = [...new Set(Object.values(dashboard.sources).flatMap((source) => source.dataset ?? []))]
  const known = await Promise.all(
    datasets.map(async (dataset) => ({
      dataset,
      lineage: await lineageOf(dataset).catch((error: unknown) => {
        // What the reader may not know of has a place all the same.
        if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return null
        throw error
      }),
    })),
  )
  return readFrom(own, id, known)
}

function Opened({ detail, seq }: { detail: DashboardDetail; seq: number | undefined }) {
  const { t } = useTranslation(['dashboards', 'common', 'data', 'deliveries'])
  const f = useFormat()
  const go = useGo()
  const narrow = useNarrow()
  const projectId = useProjectId()
  const client = useQueryClient()
  const setParams = useSetParams()
  const [chosen, setTab] = useParam('tab', 'content')
  const tab = TABS.find((one) => one === chosen) ?? 'content'
  const [pageId] = useParam('page')
  const [filterParam] = useParam('f')
  const [drillParam] = useParam('d')
  const { asset, dashboard } = detail
  const latest = asset.latest?.seq ?? detail.seq
  const old = detail.seq !== latest
  const page = dashboard.pages.find((p) => p.id === pageId) ?? dashboard.pages[0]
  const known = useMemo(() => new Set(dashboard.filters.map((filter) => filter.id)), [dashboard.filters])
  const set = useMemo(() => Object.fromEntries(Object.entries(readSet<Condition>(filterParam)).filter(([id]) => known.has(id))), [filterParam, known])
  const drill = useMemo(() => readSet<string | null>(drillParam), [drillParam])
  const facts = useSources(dashboard.sources, tab === 'content' && dashboard.filters.length > 0)
  const lineage = useMemo(() => ({ key: `v${detail.seq}`, read: (own: Lineage) => withSources(own, asset.id, dashboard) }), [asset.id, dashboard, detail.seq])
  const versions = useQuery(versionsQuery(asset.id))
  const editable = asset.rights.includes('edit')
  const restore = useMutate(() => saveDashboard(asset.id, latest, dashboard, t('version.restoredFrom', { seq: detail.seq })), {
    touches: [keys.dashboard(asset.id), keys.asset(asset.id), keys.assets(projectId)],
    done: t('version.restored', { seq: detail.seq }),
    onSuccess: () => setParams({ v: undefined }),
  })
  const onSet = useCallback(
    (id: string, conditions: Condition[] | null) => {
      const { [id]: _gone, ...rest } = set
      setParams({ f: writeSet(conditions === null ? rest : { ...rest, [id]: conditions }) || undefined })
    },
    [set, setParams],
  )
  const find = useCallback((filter: string, search: string) => choicesQuery(asset.id, seq, filter, search, set), [asset.id, seq, set])
  const content = () => (
    <>
      <FilterBar filters={dashboard.filters} set={set} facts={facts} find={find} onSet={onSet} />
      {dashboard.pages.length > 1 && <Tabs size="small" activeKey={page?.id} onChange={(key) => setParams({ page: key === dashboard.pages[0]?.id ? undefined : key, d: undefined })} items={dashboard.pages.map((p) => ({ key: p.id, label: f.words(p.title) }))} />}
      {page && page.blocks.length > 0 ? (
        <PageView
          key={page.id}
          id={asset.id}
          seq={seq}
          page={page}
          filters={set}
          drill={drill}
          onDrill={(block, path) => {
            const { [block]: _gone, ...rest } = drill
            setParams({ d: writeSet(path.length > 0 ? { ...rest, [block]: path } : rest) || undefined })
          }}
        />
      ) : (
        <div className={css.empty}>
          <LayoutDashboard size={28} strokeWidth={1.25} color="var(--accent)" aria-hidden />
          <h2 style={{ fontSize: 15 }}>{t('page.empty')}</h2>
          <p>{editable ? t('page.emptyText') : t('page.emptyViewer')}</p>
        </div>
      )}
    </>
  )
  return (
    <Page
      title={asset.name}
      sub={asset.description || undefined}
      up={{ href: urls.dashboards(projectId), label: t('title') }}
      actions={
        <>
          {!narrow && (versions.data?.length ?? 0) > 1 && (
            <Select
              value={detail.seq}
              aria-label={t('version.title')}
              popupMatchSelectWidth={false}
              onChange={(next) => setParams({ v: next === latest ? undefined : String(next) })}
              options={(versions.data ?? []).map((one) => ({ value: one.seq, label: `v${one.seq}${one.label ? ` · ${one.label}` : ''}${one.message ? ` · ${one.message.slice(0, 40)}` : ''}${one.seq === latest ? ` · ${t('version.latest')}` : ''}` }))}
            />
          )}
          <Button icon={<RotateCw size={14} />} aria-label={t('refresh')} title={t('refresh')} onClick={() => void client.invalidateQueries({ queryKey: keys.dashboard(asset.id) })} />
          {!old && <ExportMenu asset={asset} filters={set} />}
          {editable && !narrow && !old && (
            <Button type="primary" icon={<Pencil size={14} />} onClick={() => go(urls.editDashboard(projectId, asset.id, { page: page?.id === dashboard.pages[0]?.id ? undefined : page?.id }))}>
              {t('edit')}
            </Button>
          )}
          <MoreMenu asset={asset} />
        </>
      }
    >
      {old && (
        <div className={css.banner} role="note">
          {t('version.old', { seq: detail.seq, latest })}
          <Button size="small" onClick={() => setParams({ v: undefined })}>{t('version.toLatest')}</Button>
          {editable && !narrow && <Button size="small" loading={restore.isPending} onClick={() => restore.mutate()}>{t('version.restore')}</Button>}
        </div>
      )}
      <Tabs
        className="no-print"
        activeKey={tab}
        onChange={setTab}
        items={TABS.map((key) => ({ key, label: t(key === 'content' ? 'content' : key === 'delivery' ? 'deliveries:title' : `data:tab.${key}`) }))}
      />
      {tab === 'lineage' ? (
        <AssetLineage assetId={asset.id} more={lineage} />
      ) : tab === 'access' ? (
        <Access asset={asset} />
      ) : tab === 'delivery' ? (
        <DeliverTab asset={asset} dashboard={dashboard} filters={set} />
      ) : tab === 'discussion' ? (
        <Threads anchor={{ asset: asset.id }} projectId={projectId} />
      ) : (
        content()
      )}
    </Page>
  )
}

interface PageProps {
  id: string
  seq: number | undefined
  page: Shown
  filters: Record<string, Condition[]>
  drill: Record<string, (string | null)[]>
  onDrill: (block: string, path: (string | null)[]) => void
}

function PageView({ id, seq, page, filters, drill, onDrill }: PageProps) {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const projectId = useProjectId()
  const here = useMemo(() => Object.fromEntries(Object.entries(drill).filter(([block]) => page.blocks.some((b) => b.id === block))), [drill, page.blocks])
  const answer = useQuery({ ...answerQuery(id, seq, page.id, { filters, drill: here }), placeholderData: keepPreviousData })
  if (answer.isError && !answer.data) return <ErrorState error={answer.error} retry={() => void answer.refetch()} />
  return (
    <>
      {answer.isError && <ErrorState inline error={answer.error} retry={() => void answer.refetch()} />}
      <div className={css.grid}>
        {page.blocks.map((block) => (
          <section key={block.id} className={block.span === 'half' ? `${css.block} ${css.half}` : css.block}>
            {'text' in block.shows ? (
              <div className={css.words}>
                {block.title && <h3 className={css.heading}>{f.words(block.title)}</h3>}
                <Markdown text={f.words(block.shows.text)} />
              </div>
            ) : (
              <div className={css.card}>
                <FigureBody block={block} answer={answer.data?.blocks.find((one) => one.block === block.id)} path={drill[block.id] ?? []} onPath={(path) => onDrill(block.id, path)} pending={answer.isFetching} />
              </div>
            )}
          </section>
        ))}
      </div>
      {(answer.data?.used.length ?? 0) > 0 && (
        <footer className={css.used}>
          <span>{t('used')}</span>
          {answer.data?.used.map((used) => (
            <span key={`${used.source} ${used.seq}`} className="num">
              <AppLink href={urls.dataset(projectId, used.dataset_id, { v: used.seq })}>{used.name}</AppLink> <VersionTag seq={used.seq} />
              {used.rows !== null && ` · ${t('common:unit.rows', { count: used.rows, n: f.number(used.rows, 0) })}`}
            </span>
          ))}
        </footer>
      )}
    </>
  )
}
