import { useCallback, useMemo, useState } from 'react'
import type { Dashboard, DashboardDetail, Figure } from '@/api/dashboards'
import { blockIds, findBlock } from '../model/edits'
import { begin, change, redo, undo } from '../model/history'

/** The document in the builder: edits with their undoing, what is chosen, and what was saved. */
export function useBuilder(detail: DashboardDetail, startPage: string) {
  const [history, setHistory] = useState(() => begin(detail.dashboard))
  const [saved, setSaved] = useState({ doc: detail.dashboard, seq: detail.seq })
  const [pageId, setPage] = useState(startPage)
  const [chosenId, setChosen] = useState<string | null>(null)
  const doc = history.now
  const page = doc.pages.find((p) => p.id === pageId) ?? doc.pages[0]
  const edit = useCallback((next: (doc: Dashboard) => Dashboard, tag: string | null = null) => setHistory((old) => change(old, next(old.now), tag)), [])
  const chosen = chosenId && page?.blocks.some((b) => b.id === chosenId) ? (findBlock(doc, chosenId) ?? null) : null
  const dirty = doc !== saved.doc && JSON.stringify(doc) !== JSON.stringify(saved.doc)
  return useMemo(
    () => ({
      doc,
      page,
      setPage,
      chosen,
      setChosen,
      edit,
      dirty,
      saved,
      setSaved,
      ids: blockIds(doc),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
      undo: () => setHistory(undo),
      redo: () => setHistory(redo),
    }),
    [doc, page, chosen, edit, dirty, saved, history.past.length, history.future.length],
  )
}

export type Builder = ReturnType<typeof useBuilder>

/** A figure as it can be computed: conditions that were only begun are left out. */
export function finished(figure: Figure): Figure {
  if (!figure.conditions) return figure
  const whole = figure.conditions.filter((c) => c.column && (['is_empty', 'is_not_empty'].includes(c.operator) || (c.value !== undefined && c.value !== null && c.value !== '')))
  const { conditions: _old, ...rest } = figure
  return whole.length > 0 ? { ...rest, conditions: whole } : rest
}

/** The document as it is saved. */
export const toSave = (doc: Dashboard): Dashboard => ({
  ...doc,
  pages: doc.pages.map((page) => ({ ...page, blocks: page.blocks.map((block) => ('figure' in block.shows ? { ...block, shows: { figure: finished(block.shows.figure) } } : block)) })),
})
