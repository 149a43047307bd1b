// Chosen nodes in line, or evenly apart. All nodes are of one size, so their corners stand for them.
import type { Edit, Position, Workflow } from '@/api/workflow'

export type Align = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'
export type Axis = 'horizontal' | 'vertical'

const places = (w: Workflow, chosen: ReadonlySet<string>): [string, Position][] =>
  Object.entries(w.nodes).flatMap(([id, node]): [string, Position][] => (chosen.has(id) ? [[id, node.position]] : []))

export function align(w: Workflow, chosen: ReadonlySet<string>, how: Align): Edit[] {
  const all = places(w, chosen)
  if (all.length < 2) return []
  const axis = how === 'left' || how === 'center' || how === 'right' ? 'x' : 'y'
  const along = all.map(([, p]) => p[axis])
  const [least, most] = [Math.min(...along), Math.max(...along)]
  const line = how === 'left' || how === 'top' ? least : how === 'right' || how === 'bottom' ? most : Math.floor((least + most) / 2)
  return all.filter(([, p]) => p[axis] !== line).map(([id, p]) => ({ op: 'move_node', id, position: { ...p, [axis]: line } }))
}

export function distribute(w: Workflow, chosen: ReadonlySet<string>, direction: Axis): Edit[] {
  const axis = direction === 'horizontal' ? 'x' : 'y'
  const all = places(w, chosen).sort((a, b) => a[1][axis] - b[1][axis] || (a[0] < b[0] ? -1 : 1))
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last || all.length < 3) return []
  const way = last[1][axis] - first[1][axis]
  const line = (at: number) => first[1][axis] + Math.trunc((way * at) / (all.length - 1))
  return all.flatMap(([id, p], at): Edit[] => (p[axis] === line(at) ? [] : [{ op: 'move_node', id, position: { ...p, [axis]: line(at) } }]))
}
