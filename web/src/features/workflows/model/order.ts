// Nodes in the order in which they feed one another.
import type { Workflow } from '@/api/workflow'

/** Nodes so that each comes after what feeds it; those on a circle last. */
export function topological(w: Workflow): string[] {
  const ids = Object.keys(w.nodes)
  const waits = new Map(ids.map((id) => [id, 0]))
  const next = new Map<string, string[]>()
  for (const { from, to } of Object.values(w.edges)) {
    if (!waits.has(from.node) || !waits.has(to.node)) continue
    waits.set(to.node, (waits.get(to.node) ?? 0) + 1)
    const behind = next.get(from.node)
    if (behind) behind.push(to.node)
    else next.set(from.node, [to.node])
  }
  const ready = ids.filter((id) => waits.get(id) === 0)
  for (let at = 0; at < ready.length; at += 1) {
    for (const id of next.get(ready[at] as string) ?? []) {
      const left = (waits.get(id) ?? 0) - 1
      waits.set(id, left)
      if (left === 0) ready.push(id)
    }
  }
  const ordered = new Set(ready)
  return [...ready, ...ids.filter((id) => !ordered.has(id))]
}
