// Changes of a dashboard's document: each takes one and gives another. Pure.
import type { Block, Dashboard, DashboardPage, Figure, Filter } from '@/api/dashboards'
import type { Text } from '@/lib/format'

export const both = (text: string): Text => ({ en: text, 'zh-CN': text })

/** A new name for something that no other has: `b1`, `b2`, … */
export function freshId(prefix: string, taken: Iterable<string>): string {
  const all = new Set(taken)
  for (let n = all.size + 1; ; n += 1) if (!all.has(`${prefix}${n}`)) return `${prefix}${n}`
}

export const blockIds = (doc: Dashboard) => doc.pages.flatMap((page) => page.blocks.map((block) => block.id))
export const findBlock = (doc: Dashboard, id: string): Block | undefined => doc.pages.flatMap((page) => page.blocks).find((block) => block.id === id)
export const figureOf = (block: Block | undefined): Figure | null => (block && 'figure' in block.shows ? block.shows.figure : null)

/** An empty dashboard over a dataset. */
export const emptyDashboard = (dataset: string, title: Text): Dashboard => ({
  format: 1,
  sources: { data: { dataset } },
  filters: [],
  pages: [{ id: 'p1', title, blocks: [] }],
})

const onPages = (doc: Dashboard, change: (page: DashboardPage) => DashboardPage): Dashboard => ({ ...doc, pages: doc.pages.map(change) })
const onPage = (doc: Dashboard, id: string, change: (page: DashboardPage) => DashboardPage): Dashboard => onPages(doc, (page) => (page.id === id ? change(page) : page))

export const setBlock = (doc: Dashboard, id: string, change: (block: Block) => Block): Dashboard =>
  onPages(doc, (page) => (page.blocks.some((b) => b.id === id) ? { ...page, blocks: page.blocks.map((b) => (b.id === id ? change(b) : b)) } : page))

export const setFigure = (doc: Dashboard, id: string, change: (figure: Figure) => Figure): Dashboard =>
  setBlock(doc, id, (block) => ('figure' in block.shows ? { ...block, shows: { figure: change(block.shows.figure) } } : block))

/** Puts a block on a page, before another one or at the end. */
export const addBlock = (doc: Dashboard, page: string, block: Block, at?: number): Dashboard =>
  onPage(doc, page, (p) => ({ ...p, blocks: [...p.blocks.slice(0, at ?? p.blocks.length), block, ...p.blocks.slice(at ?? p.blocks.length)] }))

export const removeBlock = (doc: Dashboard, id: string): Dashboard => onPages(doc, (page) => ({ ...page, blocks: page.blocks.filter((b) => b.id !== id) }))

/** Moves a block to a place among the others of its page. */
export function moveBlock(doc: Dashboard, id: string, to: number): Dashboard {
  return onPages(doc, (page) => {
    const from = page.blocks.findIndex((b) => b.id === id)
    const block = page.blocks[from]
    if (!block) return page
    const rest = page.blocks.filter((b) => b.id !== id)
    const at = Math.max(0, Math.min(rest.length, to))
    return at === from ? page : { ...page, blocks: [...rest.slice(0, at), block, ...rest.slice(at)] }
  })
}

/** A copy of a block behind it. */
export function copyBlock(doc: Dashboard, id: string): Dashboard {
  const fresh = freshId('b', blockIds(doc))
  return onPages(doc, (page) => ({ ...page, blocks: page.blocks.flatMap((b) => (b.id === id ? [b, { ...structuredClone(b), id: fresh }] : [b])) }))
}

export const addPage = (doc: Dashboard, title: Text): [Dashboard, string] => {
  const id = freshId('p', doc.pages.map((p) => p.id))
  return [{ ...doc, pages: [...doc.pages, { id, title, blocks: [] }] }, id]
}
export const renamePage = (doc: Dashboard, id: string, title: Text): Dashboard => onPage(doc, id, (page) => ({ ...page, title }))
export const removePage = (doc: Dashboard, id: string): Dashboard => ({ ...doc, pages: doc.pages.filter((p) => p.id !== id) })
export function movePage(doc: Dashboard, id: string, by: number): Dashboard {
  const from = doc.pages.findIndex((p) => p.id === id)
  const to = from + by
  const page = doc.pages[from]
  if (!page || to < 0 || to >= doc.pages.length) return doc
  const pages = doc.pages.filter((p) => p.id !== id)
  pages.splice(to, 0, page)
  return { ...doc, pages }
}

export const setFilter = (doc: Dashboard, id: string, change: (filter: Filter) => Filter): Dashboard => ({ ...doc, filters: doc.filters.map((f) => (f.id === id ? change(f) : f)) })
export const removeFilter = (doc: Dashboard, id: string): Dashboard => ({ ...doc, filters: doc.filters.filter((f) => f.id !== id) })
export function addFilter(doc: Dashboard, filter: Omit<Filter, 'id'>): Dashboard {
  // The same column of another source is the same filter: one control narrows both.
  const there = doc.filters.find((f) => f.column === filter.column && f.control === filter.control)
  if (there) return setFilter(doc, there.id, (f) => ({ ...f, sources: [...new Set([...f.sources, ...filter.sources])] }))
  return { ...doc, filters: [...doc.filters, { ...filter, id: freshId('f', doc.filters.map((f) => f.id)) }] }
}

/** The levels of a drill-down, kept in step with the column that the figure starts from. */
export function withLevels(figure: Figure, param: string, levels: readonly string[]): Figure {
  const { drill: _old, ...rest } = figure
  const first = figure.params?.[param]
  const unique = [...new Set([...(typeof first === 'string' ? [first] : []), ...levels])]
  return unique.length > 1 ? { ...rest, drill: { param, levels: unique } } : rest
}

/** A figure with other settings; its drill-down goes on from the column that is chosen now. */
export function withParams(figure: Figure, params: Record<string, unknown>): Figure {
  const next = { ...figure, params }
  if (!figure.drill) return next
  const { param, levels } = figure.drill
  return typeof params[param] === 'string' ? withLevels(next, param, levels.slice(1)) : withLevels(next, param, [])
}
