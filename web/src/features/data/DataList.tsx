import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Input, type TableColumnsType } from 'antd'
import { DatabaseZap, FileUp, Search, Upload } from 'lucide-react'
import { useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { assetsQuery, useProject } from '@/api/queries'
import type { Asset } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, Tag, VersionTag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { can } from '@/lib/rights'
import { useGo, useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import css from './DataList.module.css'
import { handOver } from './pending'
import { useDrop } from './useDrop'

export function DataList() {
  const { t } = useTranslation(['data', 'common'])
  const projectId = useProjectId()
  const go = useGo()
  const narrow = useNarrow()
  const [q, setQ] = useParam('q')
  const project = useProject(projectId)
  const mayImport = can(project.data, 'create') && !narrow
  const assets = useQuery({ ...assetsQuery(projectId, q), placeholderData: keepPreviousData })
  const input = useRef<HTMLInputElement>(null)
  const take = useCallback(
    (file: File) => {
      handOver(file)
      go(urls.importData(projectId))
    },
    [go, projectId],
  )
  const over = useDrop(mayImport, take)
  const choose = (
    <>
      <Button type="primary" icon={<Upload size={15} />} onClick={() => input.current?.click()}>
        {t('list.file')}
      </Button>
      <Button icon={<DatabaseZap size={15} />} onClick={() => go(urls.importData(projectId, { source: 'database' }))}>
        {t('list.connect')}
      </Button>
    </>
  )
  const empty = q ? (
    <State inline icon={<Search size={24} strokeWidth={1.5} />} title={t('list.noMatch', { q })} />
  ) : (
    <div className={css.empty}>
      <FileUp size={30} strokeWidth={1.25} color="var(--accent)" aria-hidden />
      <h2>{t('list.empty')}</h2>
      <p>{mayImport ? t('list.emptyText') : t('list.emptyViewer')}</p>
      {mayImport && <div style={{ display: 'flex', gap: 8, marginTop: 6, flexWrap: 'wrap', justifyContent: 'center' }}>{choose}</div>}
    </div>
  )
  return (
    <Page title={t('list.title')} actions={mayImport && (assets.data?.length || q) ? choose : undefined}>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('list.file')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) take(file)
        }}
      />
      <div className={over ? `${css.drop} ${css.over}` : css.drop} data-hint={t('list.drop')}>
        {(assets.data?.length || q) && (
          <div className={css.tools}>
            <Input
              allowClear
              value={q}
              onChange={(event) => setQ(event.target.value)}
              prefix={<Search size={14} color="var(--ink-faint)" />}
              placeholder={t('list.search')}
              aria-label={t('list.search')}
              style={{ maxWidth: 300 }}
            />
          </div>
        )}
        <QueryView query={assets} empty={empty}>
          {(list) => (narrow ? <Cards list={list} projectId={projectId} /> : <Datasets list={list} projectId={projectId} />)}
        </QueryView>
      </div>
    </Page>
  )
}

function Datasets({ list, projectId }: { list: Asset[]; projectId: string }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const count = (value: number | null | undefined) => (value === null || value === undefined ? '–' : f.number(value, 0))
  const columns = useMemo<TableColumnsType<Asset>>(
    () => [
      {
        key: 'name', title: t('col.name'), sorter: (a, b) => a.name.localeCompare(b.name),
        render: (_, asset) => (
          <div>
            <AppLink href={urls.dataset(projectId, asset.id)} className={css.name}>
              {asset.name}
            </AppLink>{' '}
            {asset.restricted_by.length > 0 && <Tag tone="warn">{t('list.restricted')}</Tag>}
            {!asset.rights.includes('use') && <Tag>{t('list.discoverOnly')}</Tag>}
            {about(asset) && <div className={`${css.desc} ellipsis`}>{about(asset)}</div>}
          </div>
        ),
      },
      { key: 'version', title: t('col.version'), render: (_, a) => a.latest && <VersionTag seq={a.latest.seq} label={a.latest.label} /> },
      { key: 'rows', title: t('col.rows'), align: 'right', className: 'num', sorter: (a, b) => (a.latest?.rows ?? 0) - (b.latest?.rows ?? 0), render: (_, a) => count(a.latest?.rows) },
      { key: 'columns', title: t('col.columns'), align: 'right', className: 'num', render: (_, a) => count(a.latest?.columns) },
      { key: 'bytes', title: t('col.size'), align: 'right', className: 'num', sorter: (a, b) => (a.latest?.bytes ?? 0) - (b.latest?.bytes ?? 0), render: (_, a) => (a.latest?.bytes ? f.bytes(a.latest.bytes) : '–') },
      { key: 'updated', title: t('col.updated'), sorter: (a, b) => a.updated_at.localeCompare(b.updated_at), render: (_, a) => <Ago at={a.updated_at} /> },
      { key: 'by', title: t('col.by'), render: (_, a) => <Person user={a.latest?.author ?? a.created_by} /> },
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [t, f, projectId],
  )
  return <DataTable label={t('list.title')} rowKey="id" columns={columns} dataSource={list} pagination={list.length > 50 ? { pageSize: 50 } : false} showSorterTooltip={false} />
}

/** What a dataset is, in its own words or in those of its newest version. */
const about = (asset: Asset) => asset.description || asset.latest?.message

function Cards({ list, projectId }: { list: Asset[]; projectId: string }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <ul className={css.cards}>
      {list.map((asset) => (
        <li key={asset.id}>
          <AppLink href={urls.dataset(projectId, asset.id)}>
            <div className={css.name}>{asset.name}</div>
            <div className={`${css.meta} num`}>
              {asset.latest && <VersionTag seq={asset.latest.seq} label={asset.latest.label} />}
              {asset.latest?.rows !== null && asset.latest?.rows !== undefined && (
                <span>{t('unit.rows', { count: asset.latest.rows, n: f.compact(asset.latest.rows) })}</span>
              )}
              <Ago at={asset.updated_at} />
            </div>
          </AppLink>
        </li>
      ))}
    </ul>
  )
}
