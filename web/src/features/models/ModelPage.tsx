import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { modelFile, modelVersionQuery } from '@/api/models'
import { assetQuery, versionsQuery } from '@/api/queries'
import type { Asset } from '@/api/types'
import { AskAccess } from '@/components/AskAccess'
import { Access } from '@/components/asset/Access'
import { AssetLineage } from '@/components/asset/AssetLineage'
import { Ago, Person, Tag } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { Tabs } from '@/components/Tabs'
import { Threads } from '@/components/threads/Threads'
import { useParam, usePath, useProjectId, useSetParams } from '@/lib/router'
import { urls } from '@/lib/urls'
import { ModelCompare } from './ModelCompare'
import { ModelContent } from './ModelContent'
import { ModelVersions } from './ModelVersions'

/** A model: one version of it with its measures and columns, its versions, what it was made from. */
export function ModelPage() {
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const asset = useQuery(assetQuery(assetId))
  return <QueryView query={asset} forbidden={<AskAccess assetId={assetId} />}>{(data) => <Shown asset={data} />}</QueryView>
}

function Shown({ asset }: { asset: Asset }) {
  const { t } = useTranslation(['models', 'data', 'common', 'threads'])
  const projectId = useProjectId()
  const set = useSetParams()
  const [tab, setTab] = useParam('tab', 'content')
  const [v] = useParam('v')
  const latest = asset.latest?.seq ?? null
  const seq = /^\d+$/.test(v) ? Number(v) : latest
  const versions = useQuery(versionsQuery(asset.id))
  const readable = asset.rights.includes('use')
  const options = (versions.data ?? (asset.latest ? [asset.latest] : [])).map((x) => ({ value: x.seq, label: `v${x.seq}${x.label ? ` · ${x.label}` : ''}${x.seq === latest ? ` · ${t('data:page.latest')}` : ''}` }))
  const content = (of: (seq: number) => ReactNode) =>
    !readable ? (
      <State inline title={t('noUse')} text={t('noUseText', { name: asset.created_by.name })} actions={<AskAccess assetId={asset.id} action="use" />} />
    ) : seq === null ? (
      <State inline title={t('noVersion')} />
    ) : (
      of(seq)
    )
  return (
    <Page
      title={asset.name}
      up={{ href: urls.models(projectId), label: t('title') }}
      heading={
        <span style={{ display: 'inline-flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
          {asset.name}
          {seq !== null && <Select size="small" value={seq} aria-label={t('data:col.version')} popupMatchSelectWidth={false} options={options} onChange={(next) => set({ v: next === latest ? undefined : String(next) })} />}
        </span>
      }
      sub={
        <span className="small" style={{ display: 'inline-flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
          <Person user={asset.latest?.author ?? asset.created_by} />
          <Ago at={asset.updated_at} />
          {asset.rights.map((right) => (
            <Tag key={right}>{t(`common:right.${right}`)}</Tag>
          ))}
        </span>
      }
      actions={
        asset.rights.includes('download') && seq !== null ? (
          <a href={modelFile(asset.id, seq)} download>
            <Button icon={<Download size={15} />} tabIndex={-1}>
              {t('download')}
            </Button>
          </a>
        ) : undefined
      }
    >
      {asset.description && <p className="soft" style={{ marginBottom: 12 }}>{asset.description}</p>}
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'content', label: t('content'), children: tab === 'content' ? content((one) => <Content id={asset.id} seq={one} />) : null },
          { key: 'versions', label: t('data:tab.versions'), children: tab === 'versions' ? <ModelVersions asset={asset} versions={versions} /> : null },
          { key: 'compare', label: t('compare'), children: tab === 'compare' ? content((one) => <ModelCompare id={asset.id} to={one} options={options} />) : null },
          { key: 'lineage', label: t('data:tab.lineage'), children: tab === 'lineage' ? <AssetLineage assetId={asset.id} /> : null },
          { key: 'access', label: t('data:tab.access'), children: tab === 'access' ? <Access asset={asset} /> : null },
          { key: 'discussion', label: t('data:tab.discussion'), children: tab === 'discussion' ? <Threads anchor={{ asset: asset.id }} projectId={projectId} /> : null },
        ]}
      />
    </Page>
  )
}

function Content({ id, seq }: { id: string; seq: number }) {
  const version = useQuery(modelVersionQuery(id, seq))
  return <QueryView query={version} forbidden={<AskAccess assetId={id} />}>{(data) => <ModelContent version={data} />}</QueryView>
}
