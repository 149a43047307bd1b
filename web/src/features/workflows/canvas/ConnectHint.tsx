import { useConnection } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import type { PortRef } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import type { Refusal } from '../model/connect'
import { innerRef } from '../model/frames'
import { useDoc } from '../store/document'
import css from './Canvas.module.css'

/** While a line is drawn over a port that it can't go to: why not, at the pointer. */
export function ConnectHint({ why }: { why: (from: PortRef, to: PortRef) => Refusal | null }) {
  const f = useFormat()
  const doc = useDoc()
  const at = useRef<HTMLDivElement>(null)
  const ends = useConnection((c) => (c.inProgress && c.fromHandle && c.toHandle && c.isValid === false ? `${c.fromHandle.type}\n${c.fromHandle.nodeId}\n${c.fromHandle.id ?? ''}\n${c.toHandle.nodeId}\n${c.toHandle.id ?? ''}` : ''))
  useEffect(() => {
    const follow = (event: PointerEvent) => {
      if (!at.current) return
      at.current.style.left = `${event.clientX}px`
      at.current.style.top = `${event.clientY}px`
    }
    window.addEventListener('pointermove', follow, { capture: true })
    return () => window.removeEventListener('pointermove', follow, { capture: true })
  }, [])
  const [type = '', node = '', port = '', otherNode = '', otherPort = ''] = ends.split('\n')
  const [one, other] = [innerRef(doc.workflow(), { node, port }), innerRef(doc.workflow(), { node: otherNode, port: otherPort })]
  const reason = ends && (type === 'target' ? why(other, one) : why(one, other))
  return (
    <div ref={at} className={css.hint} aria-live="polite" style={reason ? undefined : { display: 'none' }}>
      {reason && f.words(reason.message)}
    </div>
  )
}
