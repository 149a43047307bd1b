import { Background, BackgroundVariant, ConnectionLineType, MiniMap, ReactFlow, SelectionMode, useOnViewportChange, type Connection, type EdgeChange, type FinalConnectionState, type NodeChange } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { App } from 'antd'
import { useCallback, useMemo, useRef, type DragEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Edit, PortRef, Position } from '@/api/workflow'
import { useParam } from '@/lib/router'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { addStep, connect, openInput } from '../model/changes'
import { componentId, refusal } from '../model/connect'
import { innerRef, nodesIn } from '../model/frames'
import { useDoc, useDocPart, useWorkflow, type DocState } from '../store/document'
import { turnFrames } from '../store/fold'
import { useSync } from '../store/SyncContext'
import { fitOptions, pointer, writeName } from '../store/useCommands'
import { useWork } from '../store/work'
import css from './Canvas.module.css'
import { ConnectHint } from './ConnectHint'
import { DRAGGED } from './dragged'
import { elementsMaker, type CanvasEdge, type CanvasNode } from './elements'
import { FlowEdge } from './FlowEdge'
import { FrameNode } from './FrameNode'
import { NoteNode } from './NoteNode'
import { People } from './People'
import { StepNode } from './StepNode'

const nodeTypes = { step: StepNode, frame: FrameNode, note: NoteNode }
const edgeTypes = { flow: FlowEdge }
const selected = (s: DocState) => s.selection
const movingPart = (s: DocState) => s.moving
const mapPart = (s: DocState) => s.map
const FAR = 0.5
const TINY = 0.3
const levelPart = (s: DocState) => s.level

/** The graph. */
export function Canvas() {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const mode = useThemeMode()
  const doc = useDoc()
  const sync = useSync()
  const { catalog, canDraw, live, name } = useWork()
  const [panel] = useParam('panel')
  const { message } = App.useApp()
  const workflow = useWorkflow()
  const selection = useDocPart(selected)
  const moving = useDocPart(movingPart)
  const map = useDocPart(mapPart)
  const box = useRef<HTMLDivElement>(null)
  const flow = useRef<{ screenToFlowPosition: (p: Position) => Position } | null>(null)
  const maker = useMemo(() => elementsMaker(catalog), [catalog])
  const nodes = useMemo(() => maker.nodes(workflow, { selection, moving, draggable: canDraw }), [maker, workflow, selection, moving, canDraw])
  const edges = useMemo(() => maker.edges(workflow, selection), [maker, workflow, selection])
  const level = useDocPart(levelPart)
  useOnViewportChange({ onChange: useCallback(({ zoom }: { zoom: number }) => doc.store.set({ level: zoom < TINY ? 'tiny' : zoom < FAR ? 'far' : 'near' }), [doc]) })

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const state = doc.store.get()
      const w = doc.workflow()
      let chosen: Set<string> | null = null
      let places: Map<string, Position> | null = null
      let ended = false
      for (const change of changes) {
        if (change.type === 'select') {
          chosen ??= new Set(state.selection)
          if (change.selected) chosen.add(change.id)
          else chosen.delete(change.id)
        }
        if (change.type === 'position') {
          if (change.dragging === false) ended = true
          if (!change.position) continue
          places ??= new Map(state.moving ?? [])
          const frame = w.frames?.[change.id]
          if (!frame) places.set(change.id, change.position)
          else {
            // A frame lies where its nodes lie: moving it moves them.
            const was = nodes.find((n) => n.id === change.id)?.position
            if (!was) continue
            for (const id of nodesIn(w, change.id)) {
              const at = places.get(id) ?? w.nodes[id]?.position
              if (at) places.set(id, { x: at.x + change.position.x - was.x, y: at.y + change.position.y - was.y })
            }
          }
        }
      }
      if (chosen) doc.select(chosen)
      if (ended) {
        const edits = [...(places ?? state.moving ?? [])].flatMap(([id, position]): Edit[] => {
          const note = w.notes?.[id]
          const at = { x: Math.round(position.x), y: Math.round(position.y) }
          return note ? [{ op: 'move_note', id, position: at, size: note.size ?? null }] : [{ op: 'move_node', id, position: at }]
        })
        doc.store.set({ moving: null })
        doc.edit(edits)
      } else if (places) doc.store.set({ moving: places })
    },
    [doc, nodes],
  )
  const onEdgesChange = useCallback(
    (changes: EdgeChange<CanvasEdge>[]) => {
      const chosen = new Set(doc.store.get().selection)
      for (const change of changes) {
        if (change.type !== 'select') continue
        if (change.selected) chosen.add(change.id)
        else chosen.delete(change.id)
      }
      doc.select(chosen)
    },
    [doc],
  )

  const why = useCallback((from: PortRef, to: PortRef, without?: string) => {
    const w = doc.workflow()
    const rest = without ? { ...w, edges: Object.fromEntries(Object.entries(w.edges).filter(([id]) => id !== without)) } : w
    return refusal(rest, catalog, from, to)
  }, [doc, catalog])
  // A port of a folded frame is the port of the step inside.
  const ref = (node: string, port: string | null | undefined): PortRef => innerRef(doc.workflow(), { node, port: port ?? '' })
  const ends = (c: Connection | CanvasEdge): [PortRef, PortRef] => [ref(c.source, c.sourceHandle), ref(c.target, c.targetHandle)]
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const from = doc.store.get().connecting
    doc.store.set({ connecting: null })
    if (!from || state.isValid || !canDraw) return
    const point = 'changedTouches' in event ? event.changedTouches[0] : event
    if (!point) return
    if (state.toHandle) {
      const other = ref(state.toHandle.nodeId, state.toHandle.id)
      const reason = from.input ? why(other, from) : why(from, other)
      if (reason) void message.warning(f.words(reason.message))
      return
    }
    const under = document.elementFromPoint(point.clientX, point.clientY)?.closest('.react-flow__node')?.getAttribute('data-id')
    const w = doc.workflow()
    const node = under ? w.nodes[under] : undefined
    if (under && node && under !== from.node && !from.input) {
      // Let go over a step: its first port that fits.
      const signature = catalog.get(componentId(node.component))
      const to = signature && openInput(w, catalog, from, signature, under)
      if (to) doc.edit([connect(from, to)])
      else {
        const first = signature?.inputs.find((p) => p.kind === from.kind) ?? signature?.inputs[0]
        const reason = first && why(from, { node: under, port: first.name })
        if (reason) void message.warning(f.words(reason.message))
      }
      return
    }
    if (under || !flow.current) return
    const at = flow.current.screenToFlowPosition({ x: point.clientX, y: point.clientY })
    doc.store.set({ quick: { at, from } })
  }
  const onDrop = (event: DragEvent) => {
    const id = event.dataTransfer.getData(DRAGGED)
    const signature = catalog.get(id)
    if (!signature || !flow.current || !canDraw) return
    event.preventDefault()
    const at = flow.current.screenToFlowPosition({ x: event.clientX - 60, y: event.clientY - 38 })
    const added = addStep(doc.workflow(), signature, at)
    doc.edit(added.edits)
    doc.select([added.id])
  }
  const onPointerMove = (event: PointerEvent) => {
    pointer.at = { x: event.clientX, y: event.clientY }
    const at = flow.current?.screenToFlowPosition(pointer.at)
    if (at) sync.pointer(at.x, at.y)
  }
  const empty = nodes.length === 0
  return (
    <div ref={box} className={css.canvas} data-zoom={level === 'near' ? 'near' : 'far'} onPointerMove={onPointerMove} onPointerLeave={() => (pointer.at = null)} onDrop={onDrop} onDragOver={(e) => e.dataTransfer.types.includes(DRAGGED) && e.preventDefault()}>
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(instance) => {
          flow.current = instance
          // On a phone the whole would be too small to read: it begins at its left end.
          if (!canDraw && window.innerWidth < 768) begin(instance)
        }}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        isValidConnection={(c) => why(...ends(c)) === null}
        onConnectStart={(_, params) => {
          const w = doc.workflow()
          const at = ref(params.nodeId ?? '', params.handleId)
          const node = w.nodes[at.node]
          const input = params.handleType === 'target'
          const signature = node && catalog.get(componentId(node.component))
          const port = (input ? signature?.inputs : signature?.outputs)?.find((p) => p.name === at.port)
          if (port) doc.store.set({ connecting: { node: at.node, port: port.name, kind: port.kind, input } })
        }}
        onMoveStart={() => box.current?.setAttribute('data-moving', '')}
        onMoveEnd={() => box.current?.removeAttribute('data-moving')}
        onConnect={(c) => doc.edit([connect(...ends(c))])}
        onConnectEnd={onConnectEnd}
        onReconnect={(edge, c) => {
          if (why(...ends(c), edge.id) === null) doc.edit([{ op: 'disconnect', id: edge.id }, connect(...ends(c))])
        }}
        onBeforeDelete={() => Promise.resolve(false)}
        onNodeDoubleClick={(_, node) => {
          if (!canDraw) return
          if (node.type === 'frame') turnFrames(doc, [node.id])
          else if (node.type === 'step') writeName()
        }}
        onPaneClick={() => doc.store.set({ quick: null })}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
        selectionMode={SelectionMode.Partial}
        nodesConnectable={canDraw}
        edgesReconnectable={canDraw}
        disableKeyboardA11y={false}
        onlyRenderVisibleElements
        elevateNodesOnSelect={false}
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={28}
        snapToGrid
        snapGrid={[10, 10]}
        minZoom={0.08}
        maxZoom={2}
        zoomOnDoubleClick={false}
        fitView
        fitViewOptions={{ ...fitOptions(doc.store.get().palette && canDraw && !panel, false, panel && live ? doc.store.get().resultsHeight : 0), duration: 0 }}
        attributionPosition="bottom-center"
        aria-label={t('canvas.label', { name })}
        colorMode={mode}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--line-strong)" />
        {map && !empty && <MiniMap className={css.map} pannable zoomable ariaLabel={t('canvas.map')} nodeColor={mapColour} nodeBorderRadius={14} maskColor="color-mix(in srgb, var(--ground) 70%, transparent)" bgColor="var(--sunken)" />}
        <People />
      </ReactFlow>
      <ConnectHint why={why} />
    </div>
  )
}

/** The first steps at a size that can be read. */
function begin(flow: { setViewport: (v: { x: number; y: number; zoom: number }) => unknown; getNodes: () => CanvasNode[] }) {
  const nodes = flow.getNodes()
  const zoom = 0.72
  const left = Math.min(...nodes.map((n) => n.position.x))
  const firsts = nodes.filter((n) => n.position.x === left).map((n) => n.position.y)
  if (nodes.length > 0) void flow.setViewport({ x: 16 - left * zoom, y: 120 - Math.min(...firsts) * zoom, zoom })
}

const mapColour = (node: CanvasNode) => (node.selected ? 'var(--accent)' : node.type === 'frame' ? 'color-mix(in srgb, var(--accent) 12%, transparent)' : node.type === 'note' ? 'color-mix(in srgb, var(--warn) 40%, var(--ground))' : 'color-mix(in srgb, var(--accent) 55%, var(--ground))')
