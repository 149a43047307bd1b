import { useQuery } from '@tanstack/react-query'
import { App, Button, Dropdown, Select, Typography } from 'antd'
import { Download, Ellipsis, SquareTerminal, Upload } from 'lucide-react'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { assetQuery, useProject, versionsQuery } from '@/api/queries'
import type { Asset, VersionSummary } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { AssetLineage } from '@/components/asset/AssetLineage'
import { Tag } from '@/components/bits'
import { useTitle } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { Tabs } from '@/components/Tabs'
import { Threads } from '@/components/threads/Threads'
import { Loading, State } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useGo, useParam, useProjectId, useSetParams, usePath } from '@/lib/router'
import { quoteName } from '@/lib/sql'
import { files, urls, type DatasetTab } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import css from './DatasetPage.module.css'
import { ScenarioButton } from './ScenarioButton'

const ContentTab = lazy(() => import('./tabs/ContentTab').then((m) => ({ default: m.ContentTab })))
const RowsTab = lazy(() => import('./tabs/RowsTab').then((m) => ({ default: m.RowsTab })))
const VersionsTab = lazy(() => import('./tabs/VersionsTab').then((m) => ({ default: m.VersionsTab })))
const QualityTab = lazy(() => import('./tabs/QualityTab').then((m) => ({ default: m.QualityTab })))
const AccessTab = lazy(() => import('./tabs/AccessTab').then((m) => ({ default: m.AccessTab })))

const FORMATS = ['csv', 'parquet', 'arrow', 'ndjson'] as const

export function DatasetPage() {
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const asset = useQuery(assetQuery(assetId))
  return <QueryView query={asset}>{(data) => <Dataset asset={data} />}</QueryView>
}

function Dataset({ asset }: { asset: Asset }) {
  const { t } = useTranslation(['data', 'common'])
  useTitle(asset.name)
  const projectId = useProjectId()
  const setParams = useSetParams()
  const usable = asset.rights.includes('use')
  const [tab] = useParam('tab', 'content')
  const [v] = useParam('v')
  const versions = useQuery({ ...versionsQuery(asset.id), enabled: usable })
  const latest = asset.latest?.seq ?? null
  const seq = v ? Number(v) : latest
  const version = versions.data?.find((x) => x.seq === seq) ?? (asset.latest?.seq === seq ? asset.latest : null)
  const old = seq !== null && latest !== null && seq !== latest

  const content = (): ReactNode => {
    if (!usable)
      return (
        <State
          inline
          title={t('page.noUse')}
          text={t('page.noUseText', { name: asset.created_by.name })}
          actions={<AskAccess assetId={asset.id} action="use" />}
        />
      )
    if (seq === null) return <State inline title={t('page.noVersion')} text={t('page.noVersionText')} />
    const props = { asset, seq, version }
    switch (tab as DatasetTab) {
      case 'rows':
        return <RowsTab key={seq} {...props} />
      case 'versions':
        return <VersionsTab {...props} />
      case 'lineage':
        return <AssetLineage assetId={asset.id} />
      case 'quality':
        return <QualityTab {...props} />
      case 'discussion':
        return <Threads anchor={{ asset: asset.id }} projectId={projectId} />
      case 'access':
        return <AccessTab {...props} />
      default:
        return <ContentTab key={seq} {...props} />
    }
  }
  const tabs: DatasetTab[] = ['content', 'rows', 'versions', 'lineage', 'quality', 'access', 'discussion']
  return (
    <div className={css.page}>
      <Head asset={asset} seq={seq} versions={versions.data} />
      {old && (
        <div className={css.banner} role="note">
          {t('page.old', { seq, latest })}
          <Button size="small" onClick={() => setParams({ v: undefined })}>
            {t('page.toLatest')}
          </Button>
        </div>
      )}
      {asset.restricted_by.length + asset.restricted_by_hidden > 0 && (
        <div className={`${css.banner} ${css.warn}`} role="note">
          <span>
            {t('page.restricted')}{' '}
            {asset.restricted_by.map((source, index) => (
              <span key={source.id}>
                {index > 0 && ', '}
                <AppLink href={urls.dataset(projectId, source.id)}>{source.name}</AppLink>
              </span>
            ))}
            {asset.restricted_by_hidden > 0 && ` ${t('page.hiddenSources', { count: asset.restricted_by_hidden, n: asset.restricted_by_hidden })}`}
          </span>
        </div>
      )}
      <Tabs
        activeKey={tab}
        onChange={(key) => setParams({ tab: key === 'content' ? undefined : key, column: undefined })}
        items={tabs.map((key) => ({ key, label: t(`tab.${key}`) }))}
      />
      <div className={css.body}>
        <Suspense fallback={<Loading />}>{content()}</Suspense>
      </div>
    </div>
  )
}

function Head({ asset, seq, versions }: { asset: Asset; seq: number | null; versions: VersionSummary[] | undefined }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const go = useGo()
  const narrow = useNarrow()
  const projectId = useProjectId()
  const setParams = useSetParams()
  const project = useProject(projectId).data
  const { modal } = App.useApp()
  const may = (right: Asset['rights'][number]) => asset.rights.includes(right)
  const latest = asset.latest?.seq
  const patch = useMutate(
    (body: { name?: string; description?: string }) =>
      call(api.PATCH('/api/v1/assets/{asset_id}', { params: { path: { asset_id: asset.id } }, body })),
    { touches: [keys.asset(asset.id), keys.assets(projectId)] },
  )
  const undelete = useMutate(() => call(api.POST('/api/v1/assets/{asset_id}/undelete', { params: { path: { asset_id: asset.id } } })), {
    touches: [keys.assets(projectId), keys.asset(asset.id)],
    onSuccess: () => go(urls.dataset(projectId, asset.id)),
  })
  const { notification } = App.useApp()
  const remove = useMutate(() => call(api.DELETE('/api/v1/assets/{asset_id}', { params: { path: { asset_id: asset.id } } })), {
    touches: [keys.assets(projectId)],
    onSuccess: () => {
      go(urls.data(projectId))
      notification.info({
        key: asset.id,
        title: t('page.deleted', { name: asset.name }),
        placement: 'bottomRight',
        duration: 12,
        actions: (
          <Button
            size="small"
            onClick={() => {
              notification.destroy(asset.id)
              undelete.mutate()
            }}
          >
            {t('common:action.undo')}
          </Button>
        ),
      })
    },
  })
  const reference = quoteName(asset.name) + (seq !== null && seq !== latest ? `@v${seq}` : '')
  const editable = may('edit') && !narrow
  return (
    <header>
      <div className={css.head}>
        <div style={{ minWidth: 0 }}>
          <nav className={css.crumb}>
            <AppLink href={urls.data(projectId)}>{t('list.title')}</AppLink> /
          </nav>
          <div className={css.name}>
            <Typography.Title
              level={1}
              style={{ margin: 0, fontSize: 20 }}
              editable={editable ? { triggerType: ['icon'], onChange: (name) => name.trim() && name !== asset.name && patch.mutate({ name: name.trim() }), tooltip: t('page.rename') } : false}
            >
              {asset.name}
            </Typography.Title>
            {seq !== null && (
              <Select
                size="small"
                value={seq}
                aria-label={t('col.version')}
                popupMatchSelectWidth={false}
                onChange={(next) => setParams({ v: next === latest ? undefined : String(next) })}
                options={(versions ?? (asset.latest ? [asset.latest] : [])).map((x) => ({
                  value: x.seq,
                  label: `v${x.seq}${x.label ? ` · ${x.label}` : ''}${x.seq === latest ? ` · ${t('page.latest')}` : ''}`,
                }))}
              />
            )}
          </div>
        </div>
        <div className={css.right}>
          <div className={css.actions}>
            {may('use') && can(project, 'writeCode') && !narrow && (
              <Button icon={<SquareTerminal size={15} />} onClick={() => go(urls.explore(projectId, { sql: `SELECT *\nFROM ${reference}\nLIMIT 1000` }))}>
                {t('page.query')}
              </Button>
            )}
            {may('use') && can(project, 'run') && !narrow && (
              <ScenarioButton assetId={asset.id} />
            )}
            {may('edit') && !narrow && (
              <Button icon={<Upload size={15} />} onClick={() => go(urls.importData(projectId, { dataset: asset.id }))}>
                {t('page.newVersion')}
              </Button>
            )}
            {may('download') && seq !== null && (
              <Dropdown
                trigger={['click']}
                menu={{ items: FORMATS.map((key) => ({ key, label: <a href={files.download(asset.id, seq, key)} download>{t(`format.${key}`)}</a> })) }}
              >
                <Button icon={<Download size={15} />} aria-label={t('common:action.download')} />
              </Dropdown>
            )}
            {may('manage') && (
              <Dropdown
                trigger={['click']}
                menu={{
                  items: [{ key: 'delete', danger: true, label: t('common:action.delete') }],
                  onClick: () =>
                    modal.confirm({
                      title: t('page.deleteTitle', { name: asset.name }),
                      content: t('page.deleteText'),
                      okText: t('common:action.delete'),
                      okButtonProps: { danger: true },
                      onOk: () => remove.mutateAsync().catch(() => undefined),
                    }),
                }}
              >
                <Button icon={<Ellipsis size={15} />} aria-label={t('page.more')} />
              </Dropdown>
            )}
          </div>
          <div className={css.rights}>
            {t('page.youMay')}
            {asset.rights.map((right) => (
              <Tag key={right}>{t(`common:right.${right}`)}</Tag>
            ))}
          </div>
        </div>
      </div>
      <Typography.Paragraph
        className={css.desc}
        style={{ marginBottom: 8 }}
        editable={editable ? { text: asset.description ?? '', onChange: (description) => description !== asset.description && patch.mutate({ description }), tooltip: t('page.describe'), maxLength: 2000 } : false}
      >
        {asset.description || (editable ? t('page.noDescription') : '')}
      </Typography.Paragraph>
      <span className="visually-hidden">{f.moment(asset.updated_at)}</span>
    </header>
  )
}
