import { useQuery } from '@tanstack/react-query'
import { Select, Table } from 'antd'
import { ArrowRight } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { assetQuery, versionsQuery } from '@/api/queries'
import type { Asset, Compare } from '@/api/types'
import { AskAccess } from '@/components/AskAccess'
import { Tag, type Tone } from '@/components/bits'
import { plain } from '@/components/grid/cells'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { useParam, usePath, useProjectId, useSetParams } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './ComparePage.module.css'
import { useColumns } from './useColumns'

const TONES: Record<'added' | 'removed' | 'changed', Tone> = { added: 'good', removed: 'fail', changed: 'warn' }

export function ComparePage() {
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const asset = useQuery(assetQuery(assetId))
  return <QueryView query={asset}>{(data) => <CompareVersions asset={data} />}</QueryView>
}

/** How two versions differ: columns, counts, and rows by key. */
function CompareVersions({ asset }: { asset: Asset }) {
  const { t } = useTranslation(['data', 'common'])
  const projectId = useProjectId()
  const setParams = useSetParams()
  const latest = asset.latest?.seq ?? 1
  const [fromText] = useParam('from')
  const [toText] = useParam('to')
  const [key] = useParam('key')
  const to = Number(toText) || latest
  const from = Number(fromText) || Math.max(1, to - 1)
  const versions = useQuery(versionsQuery(asset.id))
  const columns = useColumns(asset.id, to)
  const result = useQuery({
    queryKey: keys.compare(asset.id, from, to, key),
    queryFn: () =>
      call(
        api.GET('/api/v1/datasets/{asset_id}/compare', {
          params: { path: { asset_id: asset.id }, query: { from, to, ...(key ? { key } : {}) } },
        }),
      ),
    staleTime: Infinity,
  })
  const options = (versions.data ?? []).map((v) => ({ value: v.seq, label: `v${v.seq}${v.label ? ` · ${v.label}` : ''}` }))
  return (
    <Page
      title={t('compare.title', { name: asset.name })}
      up={{ href: urls.dataset(projectId, asset.id, { tab: 'versions' }), label: asset.name }}
      actions={
        <>
          <Select value={from} options={options} onChange={(v) => setParams({ from: String(v) })} aria-label={t('compare.from')} popupMatchSelectWidth={false} />
          <ArrowRight size={16} aria-hidden />
          <Select value={to} options={options} onChange={(v) => setParams({ to: String(v) })} aria-label={t('compare.to')} popupMatchSelectWidth={false} />
          <Select
            mode="multiple"
            style={{ minWidth: 220 }}
            value={key ? key.split(',') : []}
            onChange={(names: string[]) => setParams({ key: names.join(',') })}
            options={(columns.data ?? []).map((c) => ({ value: c.name, label: c.name }))}
            placeholder={t('compare.key')}
            aria-label={t('compare.key')}
          />
        </>
      }
    >
      <QueryView query={result} forbidden={<AskAccess assetId={asset.id} />}>
        {(data) => <Result data={data} byKey={key !== ''} />}
      </QueryView>
    </Page>
  )
}

function Result({ data, byKey }: { data: Compare; byKey: boolean }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const difference = data.rows_to - data.rows_from
  const count = (n: number | null | undefined) => (n === null || n === undefined ? '–' : f.number(n, 0))
  return (
    <>
      <dl className={css.facts}>
        <div>
          <dt>{t('fact.rows')}</dt>
          <dd className="num">
            {f.number(data.rows_from, 0)} → {f.number(data.rows_to, 0)}{' '}
            <span className={css.change}>
              {difference > 0 ? '+' : ''}
              {f.number(difference, 0)}
            </span>
          </dd>
        </div>
        {byKey &&
          (['added', 'removed', 'changed'] as const).map((change) => (
            <div key={change}>
              <dt>{t(`compare.${change}`)}</dt>
              <dd className="num">{count(data[change])}</dd>
            </div>
          ))}
      </dl>
      <PageSection title={t('compare.columns')}>
        {data.schema.length === 0 ? (
          <p className="soft">{t('compare.sameColumns')}</p>
        ) : (
          <Table
            size="small"
            rowKey="name"
            pagination={false}
            dataSource={data.schema}
            columns={[
              { key: 'change', width: 110, render: (_, d) => <Tag tone={TONES[d.change]}>{t(`compare.${d.change}`)}</Tag> },
              { key: 'name', title: t('strip.column'), dataIndex: 'name' },
              { key: 'from', title: t('compare.from'), render: (_, d) => <span className="mono">{d.from ?? '–'}</span> },
              { key: 'to', title: t('compare.to'), render: (_, d) => <span className="mono">{d.to ?? '–'}</span> },
            ]}
          />
        )}
      </PageSection>
      <PageSection title={t('compare.rows')}>
        {byKey ? <RowDiffs data={data} /> : <p className="soft">{t('compare.pickKey')}</p>}
      </PageSection>
    </>
  )
}

type RowDiff = NonNullable<Compare['examples']>[number]

function RowDiffs({ data }: { data: Compare }) {
  const { t } = useTranslation(['data', 'common'])
  const rows = useMemo(() => data.examples ?? [], [data])
  const names = useMemo(() => {
    const seen = new Set<string>()
    for (const row of rows) for (const side of [row.before, row.after]) for (const name of Object.keys((side ?? {}) as object)) seen.add(name)
    return [...seen]
  }, [rows])
  if (rows.length === 0) return <p className="soft">{t('compare.sameRows')}</p>
  const value = (side: unknown, name: string) => {
    const found = (side as Record<string, unknown> | null | undefined)?.[name]
    return found === null || found === undefined ? <i className="faint">{t('common:value.null')}</i> : plain(found)
  }
  const cell = (row: RowDiff, name: string) => {
    if (row.change === 'added') return value(row.after, name)
    if (row.change === 'removed') return value(row.before, name)
    const before = plain((row.before as Record<string, unknown> | null)?.[name])
    const after = plain((row.after as Record<string, unknown> | null)?.[name])
    if (before === after) return value(row.after, name)
    return (
      <span className={css.diff}>
        <del>{value(row.before, name)}</del> <ins>{value(row.after, name)}</ins>
      </span>
    )
  }
  return (
    <Table<RowDiff>
      size="small"
      rowKey={(row) => `${row.change}:${JSON.stringify(row.key)}`}
      pagination={rows.length > 100 ? { pageSize: 100 } : false}
      scroll={{ x: 'max-content' }}
      dataSource={rows}
      columns={[
        { key: 'change', fixed: 'left', width: 100, render: (_, row) => <Tag tone={TONES[row.change]}>{t(`compare.${row.change}`)}</Tag> },
        ...names.map((name) => ({ key: name, title: name, render: (_: unknown, row: RowDiff) => cell(row, name) })),
      ]}
    />
  )
}
