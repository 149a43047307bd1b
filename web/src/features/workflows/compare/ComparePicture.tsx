import { Background, BackgroundVariant, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/api/workflow'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { useParam } from '@/lib/router'
import { componentId, type Catalog } from '../model/connect'
import type { Diff } from '../model/diff'
import { NODE } from '../model/layout'
import css from './compare.module.css'

export type Mark = 'added' | 'removed' | 'changed' | 'same'
type ComparedNode = Node<{ title: string; sub: string; mark: Mark; word: string }, 'compared'>

const markOf = (d: Diff, id: string): Mark => (d.added.includes(id) ? 'added' : d.removed.includes(id) ? 'removed' : id in d.changed ? 'changed' : 'same')

const ComparedStep = memo(function ComparedStep({ data, selected }: NodeProps<ComparedNode>) {
  return (
    <div className={`${css.step} ${css[data.mark]} ${selected ? css.selected : ''}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={css.handle} />
      <div className={css.title}>{data.title}</div>
      <div className={css.sub}>{data.sub}</div>
      {data.mark !== 'same' && <span className={css.word}>{data.word}</span>}
      <Handle type="source" position={Position.Right} isConnectable={false} className={css.handle} />
    </div>
  )
})
const nodeTypes = { compared: ComparedStep }

interface Props {
  old: Workflow
  now: Workflow
  diff: Diff
  catalog: Catalog
}

/** Both versions on top of each other; what went lies where it lay. */
export function ComparePicture({ old, now, diff, catalog }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const mode = useThemeMode()
  const [chosen, choose] = useParam('node')
  const [far, setFar] = useState(false)
  const nodes = useMemo(
    () =>
      Object.entries({ ...old.nodes, ...now.nodes }).map(([id, node]): ComparedNode => {
        const mark = markOf(diff, id)
        const title = f.words(catalog.get(componentId(node.component))?.title) || node.component.name
        const names = Object.keys(diff.changed[id]?.params ?? {})
        const size = { width: NODE.width, height: NODE.height }
        const word = mark === 'same' ? '' : t(`compare.${mark}`)
        return {
          id, type: 'compared', position: node.position, ...size, measured: size, selected: id === chosen, draggable: false, ariaLabel: `${f.words(node.label) || title} ${word}`,
          data: { title: f.words(node.label) || title, sub: names.length ? names.join(', ') : node.label ? title : '', mark, word },
        }
      }),
    [old, now, diff, catalog, f, t, chosen],
  )
  const edges = useMemo(
    () =>
      Object.entries({ ...old.edges, ...now.edges }).map(([id, edge]): Edge => {
        const mark = diff.edges.added.includes(id) ? css.edgeAdded : diff.edges.removed.includes(id) ? css.edgeRemoved : diff.edges.changed.includes(id) ? css.edgeChanged : css.edgeSame
        return { id, source: edge.from.node, target: edge.to.node, className: mark, focusable: false, selectable: false }
      }),
    [old, now, diff],
  )
  return (
    <div className={css.picture} data-zoom={far ? 'far' : 'near'}>
      <ReactFlow<ComparedNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onNodeClick={(_, node) => choose(node.id)}
        nodesConnectable={false}
        nodesDraggable={false}
        edgesFocusable={false}
        onMove={(_, { zoom }) => setFar(zoom < 0.5)}
        onInit={(flow) => setFar(flow.getZoom() < 0.5)}
        onlyRenderVisibleElements={false}
        minZoom={0.08}
        maxZoom={2}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: '40px' }}
        attributionPosition="bottom-left"
        colorMode={mode}
        aria-label={t('compare.title')}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--line-strong)" />
      </ReactFlow>
    </div>
  )
}
