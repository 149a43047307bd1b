// The data that a step is made from. Pure.
import type { Workflow } from '@/api/workflow'

/** The datasets that a step reads, itself or through the steps before it, each once. */
export function sourcesOf(w: Workflow, id: string): string[] {
  const seen = new Set([id])
  const open = [id]
  const found = new Set<string>()
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const dataset = w.nodes[at]?.component.name === 'dataset' ? w.nodes[at]?.params?.dataset : undefined
    if (typeof dataset === 'string') found.add(dataset)
    for (const { from, to } of Object.values(w.edges))
      if (to.node === at && !seen.has(from.node)) {
        seen.add(from.node)
        open.push(from.node)
      }
  }
  return [...found]
}
