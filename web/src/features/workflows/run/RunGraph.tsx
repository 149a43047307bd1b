import { Background, BackgroundVariant, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeState, Workflow } from '@/api/workflow'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { StateMark } from '../canvas/StateMark'
import { componentId, type Catalog } from '../model/connect'
import { NODE } from '../model/layout'
import { rowsTold } from '../model/standing'
import css from './run.module.css'

type RunNode = Node<{ title: string; sub: string; state: NodeState | undefined }, 'run'>

const RunStep = memo(function RunStep({ data, selected }: NodeProps<RunNode>) {
  return (
    <div className={`${css.step} ${selected ? css.chosen : ''}`} data-state={data.state?.state ?? 'waiting'}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={css.handle} />
      <div style={{ minWidth: 0 }}>
        <div className={css.name}>{data.title}</div>
        <div className={`${css.sub} num`}>{data.sub}</div>
      </div>
      <StateMark state={data.state} />
      <Handle type="source" position={Position.Right} isConnectable={false} className={css.handle} />
    </div>
  )
})
const nodeTypes = { run: RunStep }

interface Props {
  workflow: Workflow
  catalog: Catalog
  states: Record<string, NodeState>
  title: (id: string) => string
  chosen: string
  onChoose: (id: string) => void
}

/** The workflow as it was run, with how each step went. */
export function RunGraph({ workflow, catalog, states, title, chosen, onChoose }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const mode = useThemeMode()
  const narrow = useNarrow()
  const [far, setFar] = useState(false)
  const nodes = useMemo(
    () =>
      Object.entries(workflow.nodes).map(([id, node]): RunNode => {
        const state = states[id]
        const told = rowsTold(catalog.get(componentId(node.component)), state?.rows ?? {})
        const rows = told.length > 0 ? told.reduce((sum, n) => sum + n, 0) : undefined
        const sub = [
          rows === undefined ? null : t('node.rows', { count: rows, n: told.map((n) => f.number(n, 0)).join(' + ') }),
          state?.elapsed_ms && !state.cached ? f.duration(state.elapsed_ms) : null,
          !state || (rows === undefined && state.state !== 'succeeded') ? t(`state.${state?.state ?? 'waiting'}`) : null,
        ].filter(Boolean).join(' · ')
        const size = { width: NODE.width, height: NODE.height }
        return { id, type: 'run', position: node.position, ...size, measured: size, selected: id === chosen, draggable: false, ariaLabel: `${title(id)}, ${t(`state.${state?.state ?? 'waiting'}`)}`, data: { title: title(id), sub, state } }
      }),
    [workflow, catalog, states, title, chosen, t, f],
  )
  // As high as the graph needs at this width, so that it isn't drawn smaller than it must.
  const places = Object.values(workflow.nodes).map((n) => n.position)
  const span = (axis: 'x' | 'y', size: number) => Math.max(1, Math.max(...places.map((p) => p[axis])) - Math.min(...places.map((p) => p[axis])) + size)
  const height = narrow ? 280 : Math.round(Math.max(200, Math.min(440, (span('y', NODE.height) / span('x', NODE.width)) * 860 + 70)))
  const edges = useMemo(() => Object.entries(workflow.edges).map(([id, edge]): Edge => ({ id, source: edge.from.node, target: edge.to.node, focusable: false, selectable: false })), [workflow])
  return (
    <div className={css.picture} style={{ height }} data-zoom={far ? 'far' : 'near'}>
      <ReactFlow<RunNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onNodeClick={(_, node) => onChoose(node.id)}
        onSelectionChange={({ nodes: [one] }) => one && one.id !== chosen && onChoose(one.id)}
        nodesConnectable={false}
        nodesDraggable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        onMove={(_, { zoom }) => setFar(zoom < 0.5)}
        onInit={(flow) => {
          // On a phone the whole would be too small to read: it begins at its left end.
          if (narrow && places.length > 0) void flow.setViewport({ x: 14 - Math.min(...places.map((p) => p.x)) * 0.6, y: 40 - Math.min(...places.map((p) => p.y)) * 0.6, zoom: 0.6 })
          setFar(flow.getZoom() < 0.5)
        }}
        minZoom={0.08}
        maxZoom={2}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: '16px' }}
        attributionPosition="bottom-left"
        colorMode={mode}
        aria-label={t('runPage.graph')}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--line-strong)" />
      </ReactFlow>
    </div>
  )
}
