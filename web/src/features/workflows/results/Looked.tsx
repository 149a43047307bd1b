import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Preview, RunPreview } from '@/api/workflow'
import { DataGrid } from '@/components/grid/DataGrid'
import { arraySource } from '@/components/grid/source'
import { Blocks } from '@/components/report/Blocks'
import type { Report } from '@/components/report/document'
import { useFormat } from '@/lib/useFormat'
import { ModelView } from './ModelView'
import css from './Looked.module.css'

/** Rows that are asked for at once. */
export const ROWS = 200

interface Props {
  data: Preview | RunPreview
  label: string
  /** What is said where there are more rows than these. */
  more: (rows: string) => string
  /** What is said where there is nothing. */
  none: ReactNode
}

/** What came out of a run, as what it is. */
export function Looked({ data, label, more, none }: Props) {
  const { t } = useTranslation('common')
  const f = useFormat()
  switch (data.kind) {
    case 'table':
      return <Rows data={data} label={label} more={more} />
    case 'report':
      return <Blocks blocks={(data.section as Report['sections'][number] | null)?.blocks ?? []} />
    case 'model':
      return <ModelView model={data.model} />
    case 'value': {
      const { value } = data
      return <div className={css.value}>{value === null ? t('value.null') : typeof value === 'number' ? f.number(value) : typeof value === 'boolean' ? t(value ? 'value.true' : 'value.false') : typeof value === 'string' ? value : JSON.stringify(value)}</div>
    }
    default:
      return none
  }
}

function Rows({ data, label, more }: { data: Extract<Preview, { kind: 'table' }>; label: string; more: Props['more'] }) {
  const { t } = useTranslation('apps')
  const f = useFormat()
  const source = useMemo(() => arraySource(data.columns, data.rows), [data])
  if (data.rows.length === 0) return <p className="soft">{t('noRowsOut')}</p>
  // Of a query that nobody has counted a full page may be all there is.
  const cut = typeof data.row_count === 'number' ? data.row_count > data.rows.length : data.rows.length >= ROWS
  return (
    <>
      {cut && <p className="small soft">{more(f.number(data.rows.length, 0))}</p>}
      <div className={css.grid} style={{ height: Math.min(380, 56 + data.rows.length * 30) }}>
        <DataGrid source={source} label={label} />
      </div>
    </>
  )
}
