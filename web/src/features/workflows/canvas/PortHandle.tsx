import { Handle, Position } from '@xyflow/react'
import { memo, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Port, Text } from '@/api/workflow'
import { exposedAs } from '../model/declare'
import { useFormat } from '@/lib/useFormat'
import { useDocPart, type Connecting, type DocState } from '../store/document'
import { portY } from './elements'
import { KIND_PATH } from './kinds'
import css from './StepNode.module.css'

interface Props {
  node: string
  port: Port
  input: boolean
  index: number
  count: number
  connectable: boolean
  /** Its name where it stands at the border of a folded frame, and whose it is. */
  outer?: { id: string; of: Text | string; height: number }
}

const connecting = (state: DocState) => state.connecting

/** Whether a line that is being drawn could end here, as far as sides and kinds go. */
function open(from: Connecting | null, node: string, port: Port, input: boolean): 'idle' | 'open' | 'shut' {
  if (!from) return 'idle'
  if (from.node === node) return from.port === port.name && from.input === input ? 'open' : 'shut'
  return from.input !== input && from.kind === port.kind ? 'open' : 'shut'
}

/** A port: its kind by shape and colour, its name where it would not be plain without. */
export const PortHandle = memo(function PortHandle({ node, port, input, index, count, connectable, outer }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const from = useDocPart(connecting)
  const label = f.words(port.label)
  const exposed = useDocPart(useCallback((s: DocState) => exposedAs(s.session.shown, { node, port: port.name }, input), [node, port.name, input]))
  const said = t('node.port', { label: port.optional ? `${label}, ${t('node.optional')}` : label, kind: t(`kind.${port.kind}`) })
  const title = [outer && f.words(outer.of), said, exposed !== null && t(input ? 'node.exposedIn' : 'node.exposedOut', { name: exposed })].filter(Boolean).join(' · ')
  return (
    <Handle
      id={outer?.id ?? port.name}
      type={input ? 'target' : 'source'}
      position={input ? Position.Left : Position.Right}
      isConnectable={connectable}
      className={`${css.handle} ${css[open(from, node, port, input)]}`}
      style={{ top: portY(index, count, outer?.height), ['--kind' as string]: `var(--port-${port.kind})` }}
      title={title}
    >
      <svg viewBox="0 0 14 14" className={port.optional ? `${css.shape} ${css.optional}` : css.shape} aria-hidden>
        <path d={KIND_PATH[port.kind]} />
      </svg>
      {/* A port that is shown to outside goes by the name that it has there. */}
      {exposed === null && (
        <span className={`${css.portLabel} ${input ? css.left : css.right} ${count > 1 ? css.always : ''}`} aria-hidden>
          {label}
        </span>
      )}
      {exposed !== null && (
        <span className={`${css.exposed} ${input ? css.exposedIn : css.exposedOut}`} aria-hidden>
          {exposed}
        </span>
      )}
    </Handle>
  )
})
