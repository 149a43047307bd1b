// A small layered layout for lineage: sources at the left, what was made from
// them to the right. Pure: nodes and edges in, columns out.

export interface Edge {
  from: string
  to: string
}

/** For each node how many steps it stands from the furthest source. Cycles are cut where they close. */
export function depths(ids: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const into = new Map<string, string[]>()
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from])
  const found = new Map<string, number>()
  const open = new Set<string>()
  const depth = (id: string): number => {
    const known = found.get(id)
    if (known !== undefined) return known
    if (open.has(id)) return -1
    open.add(id)
    const result = Math.max(-1, ...(into.get(id) ?? []).map(depth)) + 1
    open.delete(id)
    found.set(id, result)
    return result
  }
  for (const id of ids) depth(id)
  return found
}

/** The nodes by column; within a column near what they come from. */
export function layers(ids: readonly string[], edges: readonly Edge[]): string[][] {
  const at = depths(ids, edges)
  const columns: string[][] = []
  for (const id of ids) (columns[at.get(id) ?? 0] ??= []).push(id)
  const place = new Map<string, number>()
  const filled = Array.from(columns, (column) => column ?? [])
  for (const column of filled) {
    const weight = (id: string) => {
      const sources = edges.filter((e) => e.to === id).map((e) => place.get(e.from) ?? 0)
      return sources.length ? sources.reduce((a, b) => a + b, 0) / sources.length : Number.MAX_SAFE_INTEGER
    }
    const weights = new Map(column.map((id) => [id, weight(id)]))
    column.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))
    column.forEach((id, index) => place.set(id, index))
  }
  return filled
}
