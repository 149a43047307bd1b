// Threads of comments on assets, their elements, and runs.
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Shapes } from './client'
import { keys } from './keys'

export type Element = Shapes['ElementDto']
export type Comment = Shapes['CommentDto']
export type Thread = Shapes['ThreadDto']
export type ThreadCounts = Shapes['ThreadCounts']

/** What threads are about. */
export type Anchor = { asset: string; element?: Element; seq?: number } | { run: string }

const ofAsset = (asset_id: string) => ({ path: { asset_id } })
const ofRun = (run_id: string) => ({ path: { run_id } })

function list(anchor: Anchor, state: Thread['state'] | '') {
  const query = { limit: 200, ...(state ? { state } : {}) }
  if ('run' in anchor) return call(api.GET('/api/v1/runs/{run_id}/threads', { params: { ...ofRun(anchor.run), query } }))
  const of = { ...query, element: anchor.element?.id, element_kind: anchor.element?.kind, seq: anchor.seq }
  return call(api.GET('/api/v1/assets/{asset_id}/threads', { params: { ...ofAsset(anchor.asset), query: of } }))
}

export const threadsQuery = (anchor: Anchor, state: Thread['state'] | '') =>
  queryOptions({
    queryKey: keys.threads('run' in anchor ? anchor.run : anchor.asset, 'run' in anchor ? '' : (anchor.element?.id ?? ''), state),
    queryFn: async () => (await list(anchor, state)).items,
    refetchInterval: 60_000,
  })

/** Threads in which one is named or wrote, those of one's own things among them. */
export const myThreadsQuery = (project_id: string, state: Thread['state'] | '') =>
  queryOptions({
    queryKey: [...keys.threadsOf(project_id), 'mine', state],
    queryFn: async () => (await call(api.GET('/api/v1/projects/{project_id}/threads', { params: { path: { project_id }, query: { mine: true, limit: 100, ...(state ? { state } : {}) } } }))).items,
    refetchInterval: 60_000,
  })

export const countsQuery = (asset: string) =>
  queryOptions({
    queryKey: keys.threadCounts(asset),
    queryFn: () => call(api.GET('/api/v1/assets/{asset_id}/threads/counts', { params: ofAsset(asset) })),
    staleTime: 30_000,
  })

export const startThread = (anchor: Anchor, body: string, feedback = false): Promise<Thread> =>
  'run' in anchor
    ? call(api.POST('/api/v1/runs/{run_id}/threads', { params: ofRun(anchor.run), body: { body, feedback } }))
    : call(api.POST('/api/v1/assets/{asset_id}/threads', { params: ofAsset(anchor.asset), body: { body, seq: anchor.seq, element: anchor.element } }))

const ofThread = (thread_id: string) => ({ path: { thread_id } })
const ofComment = (thread_id: string, comment_id: string) => ({ path: { thread_id, comment_id } })

export const answerThread = (id: string, body: string) => call(api.POST('/api/v1/threads/{thread_id}/comments', { params: ofThread(id), body: { body } }))
export const setThreadState = (id: string, state: Thread['state']) => call(api.PATCH('/api/v1/threads/{thread_id}', { params: ofThread(id), body: { state } }))
export const editComment = (thread: string, comment: string, body: string) =>
  call(api.PATCH('/api/v1/threads/{thread_id}/comments/{comment_id}', { params: ofComment(thread, comment), body: { body } }))
export const removeComment = (thread: string, comment: string) => call(api.DELETE('/api/v1/threads/{thread_id}/comments/{comment_id}', { params: ofComment(thread, comment) }))
