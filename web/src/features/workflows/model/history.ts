// Undo: each step is what takes a change back. Steps of the same field within a
// moment are one, so that typing is not undone letter by letter.
import type { Edit } from '@/api/workflow'
import { target } from './edits'

interface Step {
  edits: Edit[]
  /** The field that the step sets, where it sets just one. */
  field: string | null
  at: number
}

export interface History {
  undo: Step[]
  redo: Step[]
}

const KEPT = 500
const TOGETHER_MS = 900

export const NO_HISTORY: History = { undo: [], redo: [] }

/** A change was made; `undo` takes it back. */
export function remember(history: History, undo: Edit[], now: number): History {
  if (undo.length === 0) return history
  const field = undo.length === 1 ? target(undo[0] as Edit) : null
  const last = history.undo.at(-1)
  if (field !== null && last?.field === field && now - last.at < TOGETHER_MS && history.redo.length === 0)
    return { undo: [...history.undo.slice(0, -1), { ...last, at: now }], redo: [] }
  return { undo: [...history.undo.slice(1 - KEPT), { edits: undo, field, at: now }], redo: [] }
}

/** The step to take back (or to do again) and the history without it. */
export function take(history: History, which: 'undo' | 'redo'): { step: Step; rest: History } | null {
  const step = history[which].at(-1)
  return step ? { step, rest: { ...history, [which]: history[which].slice(0, -1) } } : null
}

/** After a step was carried out, what reverses it belongs to the other side. */
export function turned(rest: History, which: 'undo' | 'redo', inverse: Edit[]): History {
  if (inverse.length === 0) return rest
  const other = which === 'undo' ? 'redo' : 'undo'
  return { ...rest, [other]: [...rest[other], { edits: inverse, field: null, at: 0 }] }
}
