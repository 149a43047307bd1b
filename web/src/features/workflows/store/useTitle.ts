import { useCallback } from 'react'
import { useFormat } from '@/lib/useFormat'
import { componentId } from '../model/connect'
import { useWorkflow } from './document'
import { useWork } from './work'

/** What a step is called: its own name, else its component's. */
export function useTitle(): (id: string) => string {
  const w = useWorkflow()
  const f = useFormat()
  const { catalog } = useWork()
  return useCallback(
    (id) => {
      const node = w.nodes[id]
      if (!node) return id
      return f.words(node.label) || f.words(catalog.get(componentId(node.component))?.title) || node.component.name
    },
    [w, f, catalog],
  )
}
