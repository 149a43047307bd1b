// Which of what happened is told: nothing twice. Pure.
import type { Activity } from '@/api/types'

type Told = Pick<Activity, 'kind' | 'change' | 'at' | 'asset' | 'thread_id' | 'name'>

/** What says something that no other line says as well. */
export function told<A extends Told>(all: readonly A[], isImport: (item: A) => boolean): A[] {
  const begun = new Set(all.flatMap((item) => (item.kind === 'thread' && item.change === 'created' ? [`${item.thread_id} ${item.at}`] : [])))
  return all.filter((item) => {
    if (item.kind === 'run') return item.change !== 'running' && item.change !== 'queued' && !(item.change === 'succeeded' && isImport(item))
    // A thread begins with a comment.
    if (item.kind === 'thread') return !(item.change === 'commented' && begun.has(`${item.thread_id} ${item.at}`))
    // A report is told of by its run, a dataset by its first version.
    return item.asset?.kind !== 'report' && !(item.kind === 'asset' && item.change === 'created')
  })
}
