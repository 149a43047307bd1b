// What can be undone. Edits under one tag that follow each other, such as
// the letters of a title, are one step. Pure.

export interface History<T> {
  past: T[]
  now: T
  future: T[]
  tag: string | null
}

const MOST = 200

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], tag: null })

export function change<T>(history: History<T>, next: T, tag: string | null = null): History<T> {
  if (Object.is(next, history.now)) return history
  if (tag !== null && tag === history.tag) return { ...history, now: next, future: [] }
  return { past: [...history.past, history.now].slice(-MOST), now: next, future: [], tag }
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], tag: null }
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future
  if (after === undefined) return history
  return { past: [...history.past, history.now], now: after, future, tag: null }
}
