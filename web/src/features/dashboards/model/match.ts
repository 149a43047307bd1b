// Which columns of other data stand for those that a template uses. Pure.

export interface Column {
  name: string
  type?: string | null
}

const plain = (name: string) => name.normalize('NFKC').toLowerCase().replace(/[\s_\-.·/]+/g, '')

/** Types that can stand for each other. */
function family(type: string | null | undefined): string {
  const name = (type ?? '').split('(')[0] ?? ''
  if (['integer', 'number', 'decimal'].includes(name)) return 'number'
  return ['date', 'timestamp'].includes(name) ? 'time' : name
}

const pairs = (text: string) => (text.length < 2 ? [text] : Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2)))

/** How alike two names are, from 0 to 1: shared pairs of letters (Dice), or one within the other. */
export function likeness(a: string, b: string): number {
  const [x, y] = [plain(a), plain(b)]
  if (x === y) return 1
  const [small, large] = x.length < y.length ? [x, y] : [y, x]
  const inside = small.length >= 2 && large.includes(small) ? 0.7 : 0
  const left = pairs(y)
  const shared = pairs(x).filter((pair) => {
    const at = left.indexOf(pair)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  }).length
  return Math.max(inside, (2 * shared) / (pairs(x).length + pairs(y).length))
}

const ENOUGH = 0.5

/** For each column that is needed one that is there: of the same name, else of a like name and type. None is taken twice. */
export function suggest(needed: readonly Column[], there: readonly Column[]): Record<string, string> {
  const found: Record<string, string> = {}
  const taken = new Set<string>()
  const pass = (score: (a: Column, b: Column) => number) => {
    const all = needed.filter((a) => !(a.name in found)).flatMap((a) => there.filter((b) => !taken.has(b.name)).map((b) => ({ a: a.name, b: b.name, score: score(a, b) })))
    for (const { a, b, score: value } of all.sort((x, y) => y.score - x.score)) {
      if (value < ENOUGH || a in found || taken.has(b)) continue
      found[a] = b
      taken.add(b)
    }
  }
  const same = (a: Column, b: Column) => !a.type || family(a.type) === family(b.type)
  pass((a, b) => (a.name === b.name ? 1 : 0))
  pass((a, b) => (same(a, b) ? likeness(a.name, b.name) : 0))
  return found
}

/** Whether a column can stand for another one; what is not known fits. */
export const fitsType = (needed: string | null | undefined, type: string): boolean => !needed || family(needed) === family(type)
