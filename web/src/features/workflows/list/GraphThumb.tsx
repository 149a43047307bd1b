import { useMemo } from 'react'
import type { Workflow } from '@/api/workflow'
import { NODE } from '../model/layout'
import css from './WorkflowList.module.css'

/** The whole graph as a small picture: boxes and lines, no words. */
export function GraphThumb({ workflow, label }: { workflow: Workflow; label: string }) {
  const drawn = useMemo(() => draw(workflow), [workflow])
  if (!drawn) return <div className={css.noThumb} role="img" aria-label={label} />
  return (
    <svg className={css.thumb} viewBox={drawn.box} role="img" aria-label={label} preserveAspectRatio="xMidYMid meet">
      {drawn.lines.map((d, index) => (
        <path key={index} d={d} fill="none" stroke="var(--line-strong)" strokeWidth={drawn.stroke} />
      ))}
      {drawn.boxes.map(({ x, y, first }, index) => (
        <rect key={index} x={x} y={y} width={NODE.width} height={NODE.height} rx={14} fill={first ? 'var(--accent)' : 'var(--fill)'} stroke="var(--accent)" strokeWidth={drawn.stroke * 0.8} />
      ))}
    </svg>
  )
}

function draw(w: Workflow) {
  const nodes = Object.entries(w.nodes)
  if (nodes.length === 0) return null
  const xs = nodes.map(([, n]) => n.position.x)
  const ys = nodes.map(([, n]) => n.position.y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const width = Math.max(...xs) + NODE.width - left
  const height = Math.max(...ys) + NODE.height - top
  // A short chain is not blown up to the size of the card.
  const [w2, h2] = [Math.max(width, 1100), Math.max(height, 420)]
  const fed = new Set(Object.values(w.edges).map((e) => e.to.node))
  return {
    box: `${left - (w2 - width) / 2 - 40} ${top - (h2 - height) / 2 - 40} ${w2 + 80} ${h2 + 80}`,
    stroke: Math.max(w2 / 260, h2 / 120, 5),
    boxes: nodes.map(([id, n]) => ({ ...n.position, first: !fed.has(id) })),
    lines: Object.values(w.edges).flatMap(({ from, to }) => {
      const [a, b] = [w.nodes[from.node]?.position, w.nodes[to.node]?.position]
      if (!a || !b) return []
      const [x1, y1, x2, y2] = [a.x + NODE.width, a.y + NODE.height / 2, b.x, b.y + NODE.height / 2]
      const bend = Math.max(60, Math.abs(x2 - x1) / 2)
      return [`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`]
    }),
  }
}
