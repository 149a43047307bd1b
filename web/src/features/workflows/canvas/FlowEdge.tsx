import { BaseEdge, getBezierPath, type EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { useDocPart, type DocState } from '../store/document'
import { useStanding } from '../store/standing'
import type { CanvasEdge } from './elements'
import css from './FlowEdge.module.css'

const isTiny = (s: DocState) => s.level === 'tiny'

/** A connection in the colour of what goes through it; it moves while what it feeds is at work. */
export const FlowEdge = memo(function FlowEdge({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, target, data, selected, interactionWidth }: EdgeProps<CanvasEdge>) {
  const busy = useStanding(target)?.state === 'running'
  // From far away nobody picks a line: one path is drawn instead of two.
  const tiny = useDocPart(isTiny)
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.3 })
  return <BaseEdge path={path} interactionWidth={tiny ? 0 : (interactionWidth ?? 18)} className={`${css.edge} ${selected ? css.selected : ''} ${busy ? css.busy : ''}`} style={{ ['--kind' as string]: data?.kind ? `var(--port-${data.kind})` : 'var(--fail)' }} />
})
