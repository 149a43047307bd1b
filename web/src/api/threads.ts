// Threads of comments on assets, their elements, and runs.
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'
import { at, rest } from './rest'
import type { AssetRef, User } from './types'

export interface Element {
  kind: 'node' | 'cell' | 'block'
  id: string
}

export interface Comment {
  id: string
  author: User
  body: string
  mentions: User[]
  created_at: string
  edited_at: string | null
  deleted: boolean
  rights: ('edit' | 'delete')[]
}

export interface Thread {
  id: string
  project_id: string
  anchor: { asset: AssetRef | null; seq: number | null; run_id: string | null; element: Element | null }
  feedback: boolean
  state: 'open' | 'resolved'
  created_by: User
  created_at: string
  updated_at: string
  resolved_by: User | null
  resolved_at: string | null
  comments: Comment[]
  rights: ('comment' | 'resolve')[]
}

export interface ThreadCounts {
  open: number
  resolved: number
  elements: { kind: Element['kind']; id: string; open: number; resolved: number }[]
}

/** What threads are about. */
export type Anchor = { asset: string; element?: Element; seq?: number } | { run: string }

const root = (anchor: Anchor) => ('run' in anchor ? at('runs', anchor.run, 'threads') : at('assets', anchor.asset, 'threads'))

export const threadsQuery = (anchor: Anchor, state: Thread['state'] | '') =>
  queryOptions({
    queryKey: keys.threads('run' in anchor ? anchor.run : anchor.asset, 'run' in anchor ? '' : (anchor.element?.id ?? ''), state),
    queryFn: async () => {
      const of = 'run' in anchor ? {} : { element: anchor.element?.id, element_kind: anchor.element?.kind, seq: anchor.seq }
      return (await rest.get<{ items: Thread[] }>(root(anchor), { state: state || undefined, limit: 200, ...of })).items
    },
    refetchInterval: 60_000,
  })

export const countsQuery = (asset: string) =>
  queryOptions({ queryKey: keys.threadCounts(asset), queryFn: () => rest.get<ThreadCounts>(at('assets', asset, 'threads', 'counts')), staleTime: 30_000 })

export const startThread = (anchor: Anchor, body: string, feedback?: boolean) =>
  rest.post<Thread>(root(anchor), 'run' in anchor ? { body, ...(feedback ? { feedback } : {}) } : { body, seq: anchor.seq, element: anchor.element })

export const answerThread = (id: string, body: string) => rest.post<Thread>(at('threads', id, 'comments'), { body })
export const setThreadState = (id: string, state: Thread['state']) => rest.patch<Thread>(at('threads', id), { state })
export const editComment = (thread: string, comment: string, body: string) => rest.patch<Thread>(at('threads', thread, 'comments', comment), { body })
export const removeComment = (thread: string, comment: string) => rest.remove(at('threads', thread, 'comments', comment))
