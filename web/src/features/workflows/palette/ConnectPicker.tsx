import { useReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { PortRef } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON } from '../canvas/kinds'
import { connect } from '../model/changes'
import { componentId, refusal } from '../model/connect'
import { NODE } from '../model/layout'
import { useDoc, useSelected, useWorkflow } from '../store/document'
import { useWork } from '../store/work'
import { Picker } from './Picker'

/** Connects the chosen step by keyboard: every input that may take one of its outputs. */
export function ConnectPicker() {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const flow = useReactFlow()
  const { catalog } = useWork()
  const w = useWorkflow()
  const id = useSelected()
  const node = id === null ? undefined : w.nodes[id]
  const options = useMemo(() => {
    if (id === null || !node) return []
    const outputs = catalog.get(componentId(node.component))?.outputs ?? []
    return Object.entries(w.nodes).flatMap(([other, n]) => {
      const signature = catalog.get(componentId(n.component))
      if (!signature || other === id) return []
      return signature.inputs.flatMap((input) =>
        outputs.flatMap((output) => {
          const [from, to]: [PortRef, PortRef] = [{ node: id, port: output.name }, { node: other, port: input.name }]
          if (refusal(w, catalog, from, to)) return []
          const title = f.words(n.label) || f.words(signature.title)
          return [{ key: `${other} ${input.name} ${output.name}`, icon: CATEGORY_ICON[signature.category], title, text: `${f.words(output.label)} → ${f.words(input.label)}`, value: { from, to } }]
        }),
      )
    })
  }, [id, node, w, catalog, f])
  if (!node) return null
  return (
    <Picker
      label={t('quick.connect')}
      placeholder={t('quick.connect')}
      hint={options.length ? null : t('quick.connectNone')}
      at={flow.flowToScreenPosition({ x: node.position.x + NODE.width, y: node.position.y })}
      find={(text) => options.filter((o) => `${o.title} ${o.text}`.toLowerCase().includes(text.toLowerCase()))}
      onPick={({ from, to }) => doc.edit([connect(from, to)])}
      onClose={() => doc.store.set({ dialog: null })}
    />
  )
}
