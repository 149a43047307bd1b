import type { Edit } from '@/api/workflow'
import { groupStanding } from '../model/standing'
import type { Doc } from './document'

/** Folds groups or opens them; one in which something is wrong opens at the first step where it is. */
export function turnFrames(doc: Doc, frames: readonly string[]): void {
  const w = doc.workflow()
  const { standing, facts } = doc.store.get()
  const opened = frames.filter((id) => w.frames?.[id]?.folded)
  doc.edit(frames.map((id): Edit => ({ op: 'fold_frame', id, folded: !w.frames?.[id]?.folded })))
  const wrong = opened.map((id) => groupStanding(w, id, standing, facts?.problems ?? {}).wrong).find((id) => id !== null)
  doc.select(wrong ? [wrong] : frames)
}
