import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { ArrowRight } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import { assetQuery, versionsQuery } from '@/api/queries'
import type { Asset, Compare, RowChange } from '@/api/types'
import { AskAccess } from '@/components/AskAccess'
import { Tag, type Tone } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
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
      callAs<Compare>(
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
        {(data) => <Result data={data} />}
      </QueryView>
    </Page>
  )
}

interface ColumnDiff {
  name: string
  change: keyof typeof TONES
  from: string | null
  to: string | null
}

/** The columns that differ, one a line. */
function columnDiffs({ added, removed, retyped }: Compare['schema']): ColumnDiff[] {
  return [
    ...added.map((c) => ({ name: c.name, change: 'added' as const, from: null, to: c.data_type })),
    ...removed.map((c) => ({ name: c.name, change: 'removed' as const, from: c.data_type, to: null })),
    ...retyped.map(([c, before]) => ({ name: c.name, change: 'changed' as const, from: before, to: c.data_type })),
  ]
}

function Result({ data }: { data: Compare }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const difference = data.to_rows - data.from_rows
  const columns = columnDiffs(data.schema)
  return (
    <>
      <dl className={css.facts}>
        <div>
          <dt>{t('fact.rows')}</dt>
          <dd className="num">
            {f.number(data.from_rows, 0)} → {f.number(data.to_rows, 0)}{' '}
            <span className={css.change}>
              {difference > 0 ? '+' : ''}
              {f.number(difference, 0)}
            </span>
          </dd>
        </div>
        {data.rows &&
          (['added', 'removed', 'changed', 'unchanged'] as const).map((change) => (
            <div key={change}>
              <dt>{t(`compare.${change}`)}</dt>
              <dd className="num">{f.number(data.rows?.[change] ?? 0, 0)}</dd>
            </div>
          ))}
      </dl>
      <PageSection title={t('compare.columns')}>
        {columns.length === 0 ? (
          <p className="soft">{t('compare.sameColumns')}</p>
        ) : (
          <DataTable label={t('compare.columns')}
            rowKey="name"
            dataSource={columns}
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
        {data.rows ? <RowDiffs rows={data.rows} /> : <p className="soft">{t('compare.pickKey')}</p>}
      </PageSection>
    </>
  )
}

function RowDiffs({ rows }: { rows: NonNullable<Compare['rows']> }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const names = useMemo(() => [...new Set(rows.sample.flatMap((row) => row.columns.map((c) => c.column)))], [rows])
  if (rows.sample.length === 0) return <p className="soft">{t('compare.sameRows')}</p>
  const value = (text: string | null) => text ?? <i className="faint">{t('common:value.null')}</i>
  const cell = (row: RowChange, name: string) => {
    const found = row.columns.find((c) => c.column === name)
    if (!found) return null
    if (row.kind === 'added') return value(found.after)
    if (row.kind === 'removed') return value(found.before)
    return (
      <span className={css.diff}>
        <del>{value(found.before)}</del> <ins>{value(found.after)}</ins>
      </span>
    )
  }
  return (
    <>
      {rows.changed_columns.some(([, count]) => count > 0) && (
        <p className="soft num" style={{ marginBottom: 10 }}>
          {t('compare.changedIn')} {rows.changed_columns.filter(([, count]) => count > 0).map(([name, count]) => `${name} (${f.number(count, 0)})`).join(', ')}
        </p>
      )}
      <DataTable<RowChange> label={t('compare.rows')}
        rowKey={(row) => `${row.kind}:${JSON.stringify(row.key)}`}
        pagination={rows.sample.length > 100 ? { pageSize: 100 } : false}
        dataSource={rows.sample}
        columns={[
          { key: 'change', fixed: 'left', width: 100, render: (_, row) => <Tag tone={TONES[row.kind]}>{t(`compare.${row.kind}`)}</Tag> },
          { key: 'key', fixed: 'left', title: rows.sample[0]?.key.map((k) => k.column).join(' + '), render: (_, row) => <b>{row.key.map((k) => k.value ?? '–').join(' · ')}</b> },
          ...names.map((name) => ({ key: name, title: name, render: (_: unknown, row: RowChange) => cell(row, name) })),
        ]}
      />
      <p className="small faint" style={{ marginTop: 8 }}>
        {t('compare.sample', { n: f.number(rows.sample.length, 0) })}
        {rows.not_compared.length > 0 && ` ${t('compare.notCompared')} ${rows.not_compared.join(', ')}`}
      </p>
    </>
  )
}
