import { useReactFlow } from '@xyflow/react'
import { useCallback } from 'react'
import type { Edit, Position, Signature } from '@/api/workflow'
import { addStep, connect, openInput } from '../model/changes'
import { componentId, refusal } from '../model/connect'
import { NODE } from '../model/layout'
import { applyAll } from '../model/edits'
import { useDoc, type Connecting } from './document'
import { useWork } from './work'

/** Adds a step: where it is told, else behind the chosen step, else in the middle; connected where it fits. */
export function useAdd(): (signature: Signature, at: Position | null, from: Connecting | null) => void {
  const doc = useDoc()
  const flow = useReactFlow()
  const { catalog, canDraw } = useWork()
  return useCallback(
    (signature, at, from) => {
      if (!canDraw) return
      const w = doc.workflow()
      const chosen = [...doc.store.get().selection].filter((id) => w.nodes[id])
      const behind = !at && chosen.length === 1 ? chosen[0] : undefined
      const before = behind === undefined ? undefined : w.nodes[behind]
      const box = document.querySelector('.react-flow')?.getBoundingClientRect()
      const middle = flow.screenToFlowPosition({ x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - NODE.width / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 - NODE.height / 2 })
      const place = before ? { x: before.position.x + NODE.width + 90, y: before.position.y } : at ? { x: at.x - (from?.input ? NODE.width : 0), y: at.y - NODE.height / 2 } : middle
      const added = addStep(w, signature, place)
      const edits: Edit[] = [...added.edits]
      const then = applyAll(w, edits).workflow
      if (from?.input) {
        const output = signature.outputs.find((p) => p.kind === from.kind)
        if (output && refusal(then, catalog, { node: added.id, port: output.name }, from) === null) edits.push(connect({ node: added.id, port: output.name }, { node: from.node, port: from.port }))
      } else {
        // Behind the chosen step its first output goes into the first port that takes it.
        const outputs = from ? [{ node: from.node, port: from.port }] : before && behind !== undefined ? (catalog.get(componentId(before.component))?.outputs ?? []).map((p) => ({ node: behind, port: p.name })) : []
        for (const output of outputs) {
          const to = openInput(then, catalog, output, signature, added.id)
          if (!to) continue
          edits.push(connect(output, to))
          break
        }
      }
      doc.edit(edits)
      doc.select([added.id])
    },
    [doc, flow, catalog, canDraw],
  )
}
