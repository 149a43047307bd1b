// What a dashboard is read from: the datasets that its sources name, with what those were made from. Pure.
import type { Lineage } from '@/api/types'

/** A dataset that a source names, with what is known of its making; `null` where the reader may not know of it. */
export interface SourceLineage {
  dataset: string
  lineage: Lineage | null
}

/** The ids of a node and of all that it was made from. */
function back(lineage: Lineage, from: string): Set<string> {
  const found = new Set([from])
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const edge of lineage.edges)
      if (edge.to === at && !found.has(edge.from)) {
        found.add(edge.from)
        open.push(edge.from)
      }
  return found
}

/** The dashboard's own lineage, its sources before it, and what they were made from before them. */
export function readFrom(own: Lineage, id: string, sources: SourceLineage[]): Lineage {
  const here = own.nodes.find((node) => node.asset?.id === id)
  if (!here) return own
  const nodes = new Map(own.nodes.map((node) => [node.id, node]))
  const edges = new Map(own.edges.map((edge) => [`${edge.from} ${edge.to} ${edge.role}`, edge]))
  const join = (edge: Lineage['edges'][number]) => edges.set(`${edge.from} ${edge.to} ${edge.role}`, edge)
  for (const { dataset, lineage } of sources) {
    const source = lineage?.nodes.findLast((node) => node.asset?.id === dataset)
    if (!lineage || !source) {
      const hidden = `hidden-${dataset}`
      nodes.set(hidden, { id: hidden, kind: 'asset', name: '', asset: null, run: null, stale: false, hidden: true })
      join({ from: hidden, to: here.id, role: '' })
      continue
    }
    const before = back(lineage, source.id)
    for (const node of lineage.nodes) if (before.has(node.id)) nodes.set(node.id, node)
    for (const edge of lineage.edges) if (before.has(edge.from) && before.has(edge.to)) join(edge)
    join({ from: source.id, to: here.id, role: '' })
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated: own.truncated || sources.some((one) => one.lineage?.truncated) }
}
