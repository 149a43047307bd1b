import { Button, Tooltip } from 'antd'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useContext, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { words } from '@/lib/format'
import { colour } from '@/lib/palette'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import css from './Blocks.module.css'
import type { Cell, TableBlock, TableColumn } from './document'
import { formatCell } from './numbers'
import { PickContext, valueOfCell } from './pick'

/** A text that takes more room than so many letters is a sentence. */
const LONG = 32
const spread = (text: string) => [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 2 : 1), 0)

const asNumber = (cell: Cell | undefined) => (typeof cell === 'number' ? cell : null)

export function ReportTable({ table }: { table: TableBlock }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  const mode = useThemeMode()
  const [more, setMore] = useState(false)
  const [sort, setSort] = useState<{ column: number; down: boolean } | null>(null)
  const pick = useContext(PickContext)
  const largest = useMemo(
    () => table.columns.map((_, index) => Math.max(0, ...table.rows.map((row) => Math.abs(asNumber(row[index]) ?? 0)))),
    [table],
  )
  const text = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '' : typeof cell === 'object' ? words(f.lang, cell) : String(cell))
  const sorted = useMemo(() => {
    if (!sort) return table.rows
    const sign = sort.down ? -1 : 1
    return [...table.rows].sort((a, b) => {
      const [x, y] = [a[sort.column], b[sort.column]]
      if (typeof x === 'number' && typeof y === 'number') return sign * (x - y)
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
      return sign * text(x).localeCompare(text(y), f.lang, { numeric: true })
    })
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [table, sort, f.lang])
  // How a column of words is set: a cell that is a sentence makes room, names and ids don't break.
  const widths = useMemo(
    () => table.columns.map((column, index) => (column.type === 'number' ? `num ${css.right}` : table.rows.some((row) => spread(text(row[index])) > LONG) ? css.long : css.short)),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [table, f.lang],
  )
  const page = table.page_rows ?? sorted.length
  const rows = more ? sorted : sorted.slice(0, page)
  const cellView = (cell: Cell | undefined, column: TableColumn, index: number): ReactNode => {
    if (cell === null || cell === undefined) return <span className="faint">–</span>
    if (column.type === 'number' && typeof cell === 'number') {
      const shown = formatCell(f.lang, cell, column.format)
      if (!column.bar) return shown
      return (
        <span className={css.barred}>
          <span className={css.track} aria-hidden>
            <span className={css.bar} style={{ width: `${largest[index] ? (Math.abs(cell) / largest[index]) * 100 : 0}%` }} />
          </span>
          {shown}
        </span>
      )
    }
    const shown = text(cell)
    if (column.type === 'category') {
      const found = column.colors.find((c) => words(f.lang, c.name) === shown || c.name.en === shown || c.name['zh-CN'] === shown)
      return (
        <span className="nowrap">
          {found && <span className={css.dot} style={{ background: colour(mode, found.color), marginRight: 8 }} aria-hidden />}
          {found ? words(f.lang, found.name) : shown}
        </span>
      )
    }
    return shown
  }
  return (
    <figure id={`t-${table.id}`}>
      <div className={css.chart}>
        <h3>{f.words(table.title)}</h3>
      </div>
      <div className={css.tableWrap} tabIndex={0} role="region" aria-label={f.words(table.title)}>
        <table className={css.table}>
          <thead>
            <tr>
              {table.columns.map((column, index) => {
                const here = sort?.column === index
                return (
                  <th key={column.key} className={column.type === 'number' ? `num ${css.right}` : widths[index] === css.long ? css.long : undefined} scope="col" aria-sort={here ? (sort.down ? 'descending' : 'ascending') : undefined}>
                    <Tooltip title={column.help ? f.words(column.help) : undefined}>
                      <button type="button" className={css.sortable} onClick={() => setSort(here ? (sort.down ? { column: index, down: false } : null) : { column: index, down: true })}>
                        {f.words(column.label)}
                        {here && (sort.down ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
                      </button>
                    </Tooltip>
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {table.columns.map((column, index) => (
                  <td key={column.key} className={widths[index]}>
                    {pick?.column === column.key ? <Picked value={valueOfCell(row[index], column)} onPick={pick.onPick}>{cellView(row[index], column, index)}</Picked> : cellView(row[index], column, index)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <figcaption className={css.note}>
        {table.note && <span>{f.words(table.note)} </span>}
        {table.total_rows !== null && table.total_rows > table.rows.length && <span>{t('partOf', { shown: f.number(table.rows.length, 0), total: f.number(table.total_rows, 0) })}</span>}
      </figcaption>
      {sorted.length > page && (
        <Button size="small" className="no-print" style={{ marginTop: 8 }} onClick={() => setMore(!more)}>
          {more ? t('fewer') : t('all', { n: f.number(sorted.length, 0) })}
        </Button>
      )}
    </figure>
  )
}

/** A cell that leads to what is behind it. */
function Picked({ value, onPick, children }: { value: string | null | undefined; onPick: (value: string | null) => void; children: ReactNode }) {
  if (value === undefined) return <>{children}</>
  return (
    <button type="button" className={css.picked} onClick={() => onPick(value)}>
      {children}
    </button>
  )
}
