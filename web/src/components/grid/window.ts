// Which rows are in sight. Browsers can't lay out a box taller than some tens
// of millions of pixels, so beyond a limit one pixel of the scroll bar stands
// for several pixels of the table.

export const ROW_HEIGHT = 28
export const MAX_HEIGHT = 12_000_000

interface RowWindow {
  /** Height of the box that scrolls. */
  height: number
  first: number
  last: number
  /** Where the first row stands inside the box. */
  top: number
}

export function rowWindow(rowCount: number, scrollTop: number, viewHeight: number, overscan = 6): RowWindow {
  const full = rowCount * ROW_HEIGHT
  const height = Math.min(full, MAX_HEIGHT)
  const ratio = full > height && height > viewHeight ? (full - viewHeight) / (height - viewHeight) : 1
  const at = Math.max(0, Math.min(scrollTop * ratio, Math.max(0, full - viewHeight)))
  const first = Math.max(0, Math.floor(at / ROW_HEIGHT) - overscan)
  const last = Math.min(rowCount, Math.ceil((at + viewHeight) / ROW_HEIGHT) + overscan)
  return { height, first, last, top: scrollTop - at + first * ROW_HEIGHT }
}

/** Where to scroll so that a row is in sight; null if it is. */
export function scrollToShow(row: number, rowCount: number, scrollTop: number, viewHeight: number): number | null {
  const full = rowCount * ROW_HEIGHT
  const height = Math.min(full, MAX_HEIGHT)
  const ratio = full > height && height > viewHeight ? (full - viewHeight) / (height - viewHeight) : 1
  const at = scrollTop * ratio
  const top = row * ROW_HEIGHT
  if (top < at) return top / ratio
  if (top + ROW_HEIGHT > at + viewHeight) return (top + ROW_HEIGHT - viewHeight) / ratio
  return null
}
