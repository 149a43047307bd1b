import { useVirtualizer } from '@tanstack/react-virtual'
import { App, Button } from 'antd'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useLang } from '@/lib/i18n'
import { isNumeric, typeKind } from '@/lib/types'
import { guessWidth, shown } from './cells'
import css from './DataGrid.module.css'
import { HeaderCell } from './HeaderCell'
import { sortedOrder, type Direction, type GridSource } from './source'
import { tsv, useSelection } from './useSelection'
import { ROW_HEIGHT, rowWindow, scrollToShow } from './window'

const HEAD = 44
const INDEX_MIN = 52

interface Props {
  source: GridSource
  label?: string
  style?: CSSProperties
}

/**
 * A table of any number of rows: only what is in sight is drawn. Arrow keys
 * move, Shift selects, Ctrl C copies, a column's menu sorts, pins and hides.
 */
export function DataGrid({ source, label, style }: Props) {
  const { t } = useTranslation()
  const lang = useLang()
  const { message } = App.useApp()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 400 })
  const [sort, setSort] = useState<{ column: number; direction: Direction } | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  const [pinned, setPinned] = useState<readonly number[]>([])
  const [widths, setWidths] = useState<Record<number, number>>({})

  // Another table: what was sorted, hidden and pinned belonged to the old one.
  const names = source.columns.map((c) => c.name).join('\u0000')
  const [shownNames, setShownNames] = useState(names)
  if (shownNames !== names) {
    setShownNames(names)
    setSort(null)
    setHidden(new Set())
    setPinned([])
    setWidths({})
  }

  const order = useMemo(
    () => (sort && source.sortable ? sortedOrder(source, sort.column, sort.direction) : null),
    [source, sort],
  )
  const guessed = useMemo(
    () =>
      source.columns.map((column, index) =>
        guessWidth(
          column.name,
          column.type,
          Array.from({ length: Math.min(40, source.rowCount) }, (_, row) => shown(lang, source.cell(row, index), column.type, column.name)),
        ),
      ),
    // Guessed once for a table: columns must not jump while rows arrive.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [names, source.rowCount > 0, lang],
  )
  const width = (column: number) => widths[column] ?? guessed[column] ?? 120
  const free = source.columns.map((_, index) => index).filter((index) => !hidden.has(index) && !pinned.includes(index))
  const visible = [...pinned, ...free]
  const indexWidth = Math.max(INDEX_MIN, String(source.rowCount).length * 8 + 24)
  const pinnedLeft: number[] = []
  let left = indexWidth
  for (const column of pinned) {
    pinnedLeft.push(left)
    left += width(column)
  }
  const columns = useVirtualizer({
    horizontal: true,
    count: free.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => width(free[index] ?? 0),
    overscan: 3,
  })
  const layoutKey = free.map((c) => `${c}:${width(c)}`).join()
  useLayoutEffect(() => columns.measure(), [columns, layoutKey])

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => setView((old) => ({ top: old.top, height: element.clientHeight - HEAD }))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const rows = rowWindow(source.rowCount, view.top, view.height)
  useEffect(() => source.ensure?.(rows.first, rows.last), [source, rows.first, rows.last])

  const selection = useSelection({
    rowCount: source.rowCount,
    columns: visible,
    pageRows: Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1),
    onMove: (row, position) => {
      const element = box.current
      if (!element) return
      const to = scrollToShow(row, source.rowCount, element.scrollTop, view.height)
      if (to !== null) element.scrollTop = to
      if (position >= pinned.length) columns.scrollToIndex(position - pinned.length, { align: 'auto' })
    },
    onCopy: async (range) => {
      const cells = (range.bottom - range.top + 1) * (range.right - range.left + 1)
      if (cells > 1_000_000) {
        void message.warning(t('grid.copyTooLarge'))
        return
      }
      await navigator.clipboard.writeText(tsv(source, order, visible, range))
      void message.success(t('grid.copied', { n: cells.toLocaleString(lang) }))
    },
  })

  const resize = (column: number) => (event: PointerEvent<HTMLDivElement>) => {
    const start = event.clientX
    const before = width(column)
    const target = event.currentTarget
    target.setPointerCapture(event.pointerId)
    target.onpointermove = (move) => setWidths((old) => ({ ...old, [column]: Math.max(48, before + move.clientX - start) }))
    target.onpointerup = () => {
      target.onpointermove = null
      target.onpointerup = null
    }
  }

  const items = columns.getVirtualItems()
  const spacer = items[0]?.start ?? 0
  const total = left + columns.getTotalSize()
  const header = (column: number, style: CSSProperties, extra: string) => {
    const info = source.columns[column]
    if (!info) return null
    return (
      <HeaderCell
        key={column}
        column={info}
        style={{ width: width(column), ...style }}
        className={extra}
        sort={sort?.column === column ? sort.direction : null}
        sortable={source.sortable}
        pinned={pinned.includes(column)}
        onSort={(direction) => setSort(direction ? { column, direction } : null)}
        onPin={() => setPinned((old) => (old.includes(column) ? old.filter((c) => c !== column) : [...old, column]))}
        onHide={() => {
          setHidden((old) => new Set(old).add(column))
          setPinned((old) => old.filter((c) => c !== column))
        }}
        onResize={resize(column)}
      />
    )
  }
  const cell = (row: number, column: number, position: number, style: CSSProperties, extra: string) => {
    const info = source.columns[column]
    if (!info) return null
    const value = source.cell(order ? (order[row] ?? row) : row, column)
    const active = selection.active?.row === row && selection.active.position === position
    const classes = [css.cell, extra]
    if (isNumeric(info.type)) classes.push(css.right)
    if (selection.has(row, position)) classes.push(css.selected)
    if (active) classes.push(css.active)
    if (value === null) classes.push(css.null)
    if (value === undefined) classes.push(css.wait)
    const text =
      value === undefined
        ? '…'
        : value === null
          ? t('value.null')
          : typeKind(info.type) === 'boolean'
            ? String(value)
            : shown(lang, value, info.type, info.name)
    return (
      <div
        key={column}
        id={active ? `${id}-active` : undefined}
        role="gridcell"
        aria-colindex={position + 2}
        aria-selected={selection.has(row, position)}
        className={classes.join(' ')}
        style={{ width: width(column), ...style }}
        title={text.length > 24 ? text : undefined}
        onPointerDown={(event) => selection.press(row, position, event.shiftKey)}
        onPointerEnter={(event) => event.buttons === 1 && event.pointerType === 'mouse' && selection.press(row, position, true)}
      >
        {text}
      </div>
    )
  }
  const edge = (index: number) => (index === pinned.length - 1 ? ` ${css.edge}` : '')
  return (
    <div className={css.wrap} style={style}>
      {hidden.size > 0 && (
        <div className={css.bar}>
          {t('grid.hidden', { count: hidden.size, n: hidden.size })}
          <Button size="small" type="link" onClick={() => setHidden(new Set())}>
            {t('grid.showAll')}
          </Button>
        </div>
      )}
      <div
        ref={box}
        className={css.grid}
        role="grid"
        tabIndex={0}
        aria-label={label ?? t('grid.label')}
        aria-rowcount={source.rowCount + 1}
        aria-colcount={visible.length + 1}
        aria-multiselectable
        aria-activedescendant={selection.active ? `${id}-active` : undefined}
        onScroll={(event) => {
          const top = event.currentTarget.scrollTop
          setView((old) => ({ ...old, top }))
        }}
        onKeyDown={selection.onKeyDown}
      >
        <div style={{ width: total, height: HEAD + rows.height, position: 'relative' }}>
          <div className={css.head} role="row" aria-rowindex={1} style={{ width: total }}>
            <div className={`${css.th} ${css.pinned} ${css.index}${pinned.length ? '' : ` ${css.edge}`}`} role="columnheader" style={{ width: indexWidth, left: 0 }} aria-label="#" />
            {pinned.map((column, index) => header(column, { left: pinnedLeft[index], position: 'sticky' }, css.pinned + edge(index)))}
            <div style={{ width: spacer, flex: 'none' }} />
            {items.map((item) => header(free[item.index] ?? 0, {}, ''))}
          </div>
          {Array.from({ length: Math.max(0, rows.last - rows.first) }, (_, offset) => {
            const row = rows.first + offset
            return (
              <div
                key={row}
                role="row"
                aria-rowindex={row + 2}
                className={css.row}
                style={{ width: total, top: HEAD + rows.top + offset * ROW_HEIGHT }}
              >
                <div className={`${css.cell} ${css.index} ${css.pinned}${pinned.length ? '' : ` ${css.edge}`}`} role="rowheader" style={{ width: indexWidth, left: 0 }}>
                  {(row + 1).toLocaleString(lang)}
                </div>
                {pinned.map((column, index) => cell(row, column, index, { left: pinnedLeft[index] }, css.pinned + edge(index)))}
                <div style={{ width: spacer, flex: 'none' }} />
                {items.map((item) => cell(row, free[item.index] ?? 0, pinned.length + item.index, {}, ''))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
