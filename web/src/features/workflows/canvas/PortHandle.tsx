import { Handle, Position } from '@xyflow/react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Port } from '@/api/workflow'
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
}

const connecting = (state: DocState) => state.connecting

/** Whether a line that is being drawn could end here, as far as sides and kinds go. */
function open(from: Connecting | null, node: string, port: Port, input: boolean): 'idle' | 'open' | 'shut' {
  if (!from) return 'idle'
  if (from.node === node) return from.port === port.name && from.input === input ? 'open' : 'shut'
  return from.input !== input && from.kind === port.kind ? 'open' : 'shut'
}

/** A port: its kind by shape and colour, its name where it would not be plain without. */
export const PortHandle = memo(function PortHandle({ node, port, input, index, count, connectable }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const from = useDocPart(connecting)
  const label = f.words(port.label)
  const title = t('node.port', { label: port.optional ? `${label}, ${t('node.optional')}` : label, kind: t(`kind.${port.kind}`) })
  return (
    <Handle
      id={port.name}
      type={input ? 'target' : 'source'}
      position={input ? Position.Left : Position.Right}
      isConnectable={connectable}
      className={`${css.handle} ${css[open(from, node, port, input)]}`}
      style={{ top: portY(index, count), ['--kind' as string]: `var(--port-${port.kind})` }}
      title={title}
    >
      <svg viewBox="0 0 14 14" className={port.optional ? `${css.shape} ${css.optional}` : css.shape} aria-hidden>
        <path d={KIND_PATH[port.kind]} />
      </svg>
      <span className={`${css.portLabel} ${input ? css.left : css.right} ${count > 1 ? css.always : ''}`} aria-hidden>
        {label}
      </span>
    </Handle>
  )
})
