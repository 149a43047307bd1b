// How frames lie around their nodes, and what is seen of a folded one.
import type { Position, Workflow } from '@/api/workflow'
import { NODE } from './layout'

const PAD = 24
const HEAD = 34

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** The box of each frame around its nodes; a frame without nodes has none. */
export function frameBoxes(w: Workflow, place: (id: string) => Position | undefined): Map<string, Box> {
  const edges = new Map<string, { left: number; top: number; right: number; bottom: number }>()
  for (const [id, node] of Object.entries(w.nodes)) {
    if (node.frame === undefined || !w.frames?.[node.frame]) continue
    const at = place(id) ?? node.position
    const old = edges.get(node.frame) ?? { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
    edges.set(node.frame, {
      left: Math.min(old.left, at.x), top: Math.min(old.top, at.y),
      right: Math.max(old.right, at.x + NODE.width), bottom: Math.max(old.bottom, at.y + NODE.height),
    })
  }
  const boxes = new Map<string, Box>()
  for (const [id, e] of edges) {
    const folded = w.frames?.[id]?.folded
    const [x, y] = [e.left - PAD, e.top - PAD - HEAD + 10]
    boxes.set(id, folded ? { x: e.left, y: e.top, ...NODE } : { x, y, width: e.right - e.left + 2 * PAD, height: e.bottom + PAD - y })
  }
  return boxes
}

/** The folded frame that hides a node, or null. */
export const hiddenIn = (w: Workflow, node: string): string | null => {
  const frame = w.nodes[node]?.frame
  return frame !== undefined && w.frames?.[frame]?.folded ? frame : null
}

export const nodesIn = (w: Workflow, frame: string): string[] => Object.entries(w.nodes).flatMap(([id, n]) => (n.frame === frame ? [id] : []))
