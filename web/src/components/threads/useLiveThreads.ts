import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { keys } from '@/api/keys'

/** What others say comes in as they say it. */
export function useLiveThreads(projectId: string): void {
  const client = useQueryClient()
  useEffect(() => {
    const source = new EventSource(`/api/v1/projects/${encodeURIComponent(projectId)}/events`)
    source.addEventListener('thread', (event) => {
      try {
        const told = JSON.parse((event as MessageEvent<string>).data) as { asset_id: string | null; run_id: string | null }
        for (const id of [told.asset_id, told.run_id, projectId]) if (id) void client.invalidateQueries({ queryKey: keys.threadsOf(id) })
      } catch {
        // What can't be read is looked up again soon.
      }
    })
    return () => source.close()
  }, [client, projectId])
}
