import { useState, type KeyboardEvent } from 'react'
import { plain } from './cells'
import type { GridSource } from './source'

interface Spot {
  row: number
  /** Place among the columns in sight, not the column's own number. */
  position: number
}

interface Range {
  top: number
  bottom: number
  left: number
  right: number
}

interface Options {
  rowCount: number
  columns: readonly number[]
  pageRows: number
  onMove: (row: number, position: number) => void
  onCopy: (range: Range) => Promise<void>
}

export function rangeOf(anchor: Spot, active: Spot): Range {
  return {
    top: Math.min(anchor.row, active.row),
    bottom: Math.max(anchor.row, active.row),
    left: Math.min(anchor.position, active.position),
    right: Math.max(anchor.position, active.position),
  }
}

/** A range of cells as tab-separated text. Tabs and line ends inside a value become blanks. */
export function tsv(source: GridSource, order: Uint32Array | null, columns: readonly number[], range: Range): string {
  const lines: string[] = []
  for (let row = range.top; row <= range.bottom; row += 1) {
    const cells: string[] = []
    for (let position = range.left; position <= range.right; position += 1) {
      const column = columns[position]
      cells.push(column === undefined ? '' : plain(source.cell(order ? (order[row] ?? row) : row, column)).replace(/[\t\r\n]+/g, ' '))
    }
    lines.push(cells.join('\t'))
  }
  return lines.join('\n')
}

/** One active cell, and a rectangle from an anchor to it. */
export function useSelection({ rowCount, columns, pageRows, onMove, onCopy }: Options) {
  const [active, setActive] = useState<Spot | null>(null)
  const [anchor, setAnchor] = useState<Spot | null>(null)
  const range = active ? rangeOf(anchor ?? active, active) : null

  const move = (row: number, position: number, extend: boolean) => {
    if (rowCount === 0 || columns.length === 0) return
    const spot = {
      row: Math.max(0, Math.min(rowCount - 1, row)),
      position: Math.max(0, Math.min(columns.length - 1, position)),
    }
    setActive(spot)
    if (!extend) setAnchor(spot)
    else if (!anchor) setAnchor(active ?? spot)
    onMove(spot.row, spot.position)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const ctrl = event.ctrlKey || event.metaKey
    const at = active ?? { row: 0, position: 0 }
    if (ctrl && event.key.toLowerCase() === 'c') {
      if (range) void onCopy(range)
      event.preventDefault()
      return
    }
    if (ctrl && event.key.toLowerCase() === 'a') {
      setAnchor({ row: 0, position: 0 })
      setActive({ row: rowCount - 1, position: columns.length - 1 })
      event.preventDefault()
      return
    }
    const steps: Record<string, [number, number]> = {
      ArrowDown: [ctrl ? rowCount - 1 : at.row + 1, at.position],
      ArrowUp: [ctrl ? 0 : at.row - 1, at.position],
      ArrowRight: [at.row, ctrl ? columns.length - 1 : at.position + 1],
      ArrowLeft: [at.row, ctrl ? 0 : at.position - 1],
      PageDown: [at.row + pageRows, at.position],
      PageUp: [at.row - pageRows, at.position],
      Home: [ctrl ? 0 : at.row, 0],
      End: [ctrl ? rowCount - 1 : at.row, columns.length - 1],
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    // The first arrow key only enters the table.
    const enters = active === null && event.key.startsWith('Arrow') && !ctrl
    move(enters ? 0 : step[0], enters ? 0 : step[1], event.shiftKey)
  }

  return {
    active,
    has: (row: number, position: number) =>
      range !== null && row >= range.top && row <= range.bottom && position >= range.left && position <= range.right,
    press: (row: number, position: number, extend: boolean) => {
      const spot = { row, position }
      setActive(spot)
      if (!extend || !anchor) setAnchor(spot)
    },
    onKeyDown,
  }
}
