import type { UseQueryResult } from '@tanstack/react-query'
import { Button, Checkbox, Input, Select } from 'antd'
import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ColumnOverride, ImportOptions, Sniffed } from '@/api/types'
import { ErrorState, Loading } from '@/components/states'
import { isNumeric } from '@/lib/types'
import { useFormat } from '@/lib/useFormat'
import css from './ImportPage.module.css'

const TYPES = ['text', 'int64', 'float64', 'decimal(18,2)', 'bool', 'date', 'timestamp', 'timestamptz'] as const
const DELIMITERS = [',', ';', '\t', '|', 'whitespace'] as const
const ENCODINGS = ['utf-8', 'gb18030', 'gbk', 'big5', 'utf-16le', 'utf-16be', 'windows-1252', 'shift_jis']
const ORDERS = ['ymd', 'mdy', 'dmy'] as const

interface Props {
  query: UseQueryResult<Sniffed>
  options: ImportOptions
  columns: Record<string, ColumnOverride>
  onOptions: (changes: ImportOptions) => void
  onColumn: (name: string, changes: Partial<ColumnOverride>) => void
  onBack: () => void
  onNext: () => void
}

/** How the data would be read: every guess is shown and can be overridden. */
export function PreviewStep({ query, options, columns, onOptions, onColumn, onBack, onNext }: Props) {
  const { t } = useTranslation(['import', 'common'])
  const back = <Button onClick={onBack}>{t('common:action.back')}</Button>
  if (!query.data)
    return query.isError ? (
      <>
        <ErrorState inline error={query.error} retry={() => void query.refetch()} />
        {back}
      </>
    ) : (
      <Loading rows={10} />
    )
  const data = query.data
  const included = data.columns.filter((c) => c.include)
  return (
    <>
      <Reading data={data} options={options} onOptions={onOptions} />
      <Remarks data={data} />
      {query.isError && <ErrorState inline error={query.error} />}
      <Table data={data} columns={columns} busy={query.isFetching} onColumn={onColumn} />
      <div className={css.foot}>
        {back}
        <Button type="primary" onClick={onNext} disabled={included.length === 0 || query.isFetching || query.isError}>
          {t('common:action.next')}
        </Button>
      </div>
    </>
  )
}

function Reading({ data, options, onOptions }: { data: Sniffed; options: ImportOptions; onOptions: Props['onOptions'] }) {
  const { t } = useTranslation(['import', 'common'])
  const f = useFormat()
  const settled = data.options
  const delimited = data.format === 'csv'
  return (
    <div className={css.reading}>
      <label>
        {t('read.format')}
        <Select
          style={{ width: 130 }}
          value={data.format}
          onChange={(format: ImportOptions['format']) => onOptions({ format })}
          options={(['csv', 'excel', 'json', 'ndjson', 'parquet'] as const).map((value) => ({ value, label: t(`read.formats.${value}`) }))}
        />
      </label>
      {data.sheets.length > 1 && (
        <label>
          {t('read.sheet')}
          <Select style={{ minWidth: 160 }} value={settled.sheet ?? data.sheets[0]} onChange={(sheet: string) => onOptions({ sheet })} options={data.sheets.map((value) => ({ value, label: value }))} />
        </label>
      )}
      {delimited && (
        <label>
          {t('read.delimiter')}
          <Select
            style={{ width: 130 }}
            value={settled.delimiter}
            onChange={(delimiter: string) => onOptions({ delimiter })}
            options={DELIMITERS.map((value) => ({ value, label: value === '\t' ? t('read.tab') : value === 'whitespace' ? t('read.blanks') : value }))}
          />
        </label>
      )}
      {(delimited || data.format === 'json' || data.format === 'ndjson') && (
        <label>
          {t('read.encoding')}
          <Select
            showSearch
            style={{ width: 150 }}
            value={settled.encoding.toLowerCase()}
            onChange={(encoding: string) => onOptions({ encoding })}
            options={[...new Set([settled.encoding.toLowerCase(), ...ENCODINGS])].map((value) => ({ value, label: value.toUpperCase() }))}
          />
        </label>
      )}
      {(delimited || data.format === 'excel') && (
        <>
          <label>
            {t('read.skip')}
            <Input
              type="number"
              min={0}
              style={{ width: 90 }}
              defaultValue={settled.skip_rows}
              key={settled.skip_rows}
              onBlur={(event) => {
                const skip_rows = Math.max(0, Math.floor(Number(event.target.value) || 0))
                if (skip_rows !== settled.skip_rows) onOptions({ skip_rows })
              }}
            />
          </label>
          <Checkbox checked={settled.header} onChange={(event) => onOptions({ header: event.target.checked })} style={{ paddingBottom: 5 }}>
            {t('read.header')}
          </Checkbox>
        </>
      )}
      {Object.keys(options).length > 0 && (
        <Button type="link" onClick={() => onOptions({ format: undefined, delimiter: undefined, encoding: undefined, header: undefined, skip_rows: undefined, sheet: undefined })}>
          {t('read.reset')}
        </Button>
      )}
      {data.row_estimate ? <span className="soft num" style={{ paddingBottom: 5 }}>{t('read.about', { n: f.compact(data.row_estimate) })}</span> : null}
    </div>
  )
}

function Remarks({ data }: { data: Sniffed }) {
  const { t, i18n } = useTranslation(['import', 'common'])
  if (data.warnings.length === 0 && data.rejects.length === 0) return null
  const remark = ({ code, detail, message }: Sniffed['warnings'][number]) => {
    // Some remarks come in kinds, of which the detail is the name.
    const key = [`remark.${code}_${detail}`, `remark.${code}`].find((one) => i18n.exists(`import:${one}`))
    return key ? t(key as 'remark.no_rows', { detail }) : message
  }
  return (
    <ul className={css.notes}>
      {data.warnings.map((warning, index) => (
        <li key={index}>
          <TriangleAlert size={14} aria-hidden />
          <span>
            {warning.column && <b>{warning.column}: </b>}
            {remark(warning)}
          </span>
        </li>
      ))}
      {data.rejects.length > 0 && (
        <li>
          <TriangleAlert size={14} aria-hidden />
          <span>
            {t('rejected', { count: data.rejects.length, n: data.rejects.length })} <span className="mono">{data.rejects[0]?.raw.slice(0, 80)}</span>
          </span>
        </li>
      )}
    </ul>
  )
}

function Table({ data, columns, busy, onColumn }: { data: Sniffed; columns: Props['columns']; busy: boolean; onColumn: Props['onColumn'] }) {
  const { t } = useTranslation(['import', 'common'])
  // A row of the preview has a value for each column that is included.
  const place = new Map<string, number>()
  for (const column of data.columns) if (column.include) place.set(column.source, place.size)
  return (
    <div className={css.preview} data-busy={busy} tabIndex={0} role="region" aria-label={t('step.preview')} aria-busy={busy}>
      <table>
        <thead>
          <tr>
            {data.columns.map((column) => {
              const type = columns[column.source]?.type ?? column.type
              return (
                <th key={column.source} className={column.include ? undefined : css.off} scope="col">
                  <div className={css.thTop}>
                    <Checkbox checked={column.include} onChange={(event) => onColumn(column.source, { include: event.target.checked })} aria-label={t('column.include', { name: column.source })} />
                    <Input
                      size="small"
                      variant="borderless"
                      defaultValue={column.name}
                      key={column.name}
                      style={{ fontWeight: 550, paddingInline: 2 }}
                      aria-label={t('column.name', { name: column.source })}
                      onBlur={(event) => {
                        const rename = event.target.value.trim()
                        if (rename && rename !== column.name) onColumn(column.source, { rename })
                      }}
                      onPressEnter={(event) => event.currentTarget.blur()}
                    />
                  </div>
                  <Select
                    size="small"
                    style={{ width: '100%' }}
                    value={type}
                    popupMatchSelectWidth={false}
                    onChange={(next: string) => onColumn(column.source, { type: next })}
                    aria-label={t('column.type', { name: column.source })}
                    options={[...new Set([type, column.inferred, ...TYPES])].map((value) => ({
                      value,
                      label: (TYPES as readonly string[]).includes(value) ? t(`type.${value}` as 'type.text') : value,
                    }))}
                  />
                  {(type === 'date' || type === 'timestamp') && (data.format === 'csv' || data.format === 'json' || data.format === 'ndjson') && (
                    <Select
                      size="small"
                      variant="borderless"
                      style={{ width: '100%' }}
                      value={columns[column.source]?.date_order ?? 'ymd'}
                      onChange={(date_order: 'ymd' | 'mdy' | 'dmy') => onColumn(column.source, { date_order })}
                      aria-label={t('column.order', { name: column.source })}
                      options={ORDERS.map((value) => ({ value, label: t(`order.${value}`) }))}
                    />
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, index) => (
            <tr key={index}>
              {data.columns.map((column) => {
                const at = place.get(column.source)
                const value = at === undefined ? undefined : row[at]
                return (
                  <td key={column.source} className={`${at === undefined ? css.off : ''} ${isNumeric(column.type) ? 'num' : ''}`}>
                    {value === undefined ? '' : value === null ? <i className="faint">{t('common:value.null')}</i> : value}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
