// A treemap laid out here and drawn as it is: so that words are put where they fit, and nowhere else.
import { room, wrap } from './labels'

export interface Tile {
  /** Its place in the list that was given. */
  at: number
  x: number
  y: number
  width: number
  height: number
}

/** Rectangles as near to squares as can be, their areas as the values are to each other, the largest first. */
export function squarify(values: number[], width: number, height: number): Tile[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  if (total <= 0 || width <= 0 || height <= 0) return []
  const left = values
    .map((value, at) => ({ at, area: (Math.max(0, value) / total) * width * height }))
    .filter((item) => item.area > 0)
    .sort((a, b) => b.area - a.area)
  const tiles: Tile[] = []
  let [x, y, w, h] = [0, 0, width, height]
  while (left.length > 0) {
    const side = Math.min(w, h)
    let count = 1
    while (count < left.length && worst(left.slice(0, count + 1), side) <= worst(left.slice(0, count), side)) count += 1
    const row = left.splice(0, count)
    const thick = row.reduce((sum, item) => sum + item.area, 0) / side
    let along = 0
    for (const { at, area } of row) {
      const length = area / thick
      tiles.push(w >= h ? { at, x, y: y + along, width: thick, height: length } : { at, x: x + along, y, width: length, height: thick })
      along += length
    }
    if (w >= h) [x, w] = [x + thick, w - thick]
    else [y, h] = [y + thick, h - thick]
  }
  return tiles
}

/** How far from a square the least square of a row is. */
function worst(row: { area: number }[], side: number): number {
  const sum = row.reduce((all, item) => all + item.area, 0)
  return Math.max(...row.map(({ area }) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))))
}

export const LINE = 16
const PAD = 8

/** The lines that a tile has room for: each of the words as a whole, or not at all. */
export function inside(tile: Tile, words: string[]): string[] {
  const wide = tile.width - 2 * PAD
  const most = Math.floor((tile.height - 10) / LINE)
  const lines: string[] = []
  for (const text of words) {
    const wrapped = wrap(text, wide)
    if (lines.length + wrapped.length > most || wrapped.some((line) => room(line) > wide)) break
    lines.push(...wrapped)
  }
  return lines
}
