import { useCallback, useEffect, useRef, useState } from 'react'
import { api, call } from '@/api/client'
import { randomId } from '@/lib/random'
import type { QueryAnswer } from './arrow'
import { remember, remembered, type Asked } from './history'

export type QueryState =
  | { step: 'idle' }
  | { step: 'running'; since: number; rows: QueryAnswer | null }
  | { step: 'done'; rows: QueryAnswer; elapsed: number; sql: string }
  | { step: 'failed'; error: unknown; sql: string }
  | { step: 'cancelled'; rows: QueryAnswer | null }

/** One query at a time: run, watch, cancel; what was asked is remembered. */
export function useQueryRun(projectId: string, limit: number) {
  const [state, setState] = useState<QueryState>({ step: 'idle' })
  const [past, setPast] = useState<Asked[]>(() => remembered(projectId))
  const current = useRef<{ id: string; abort: AbortController } | null>(null)

  const stop = useCallback(() => {
    const running = current.current
    if (!running) return
    current.current = null
    running.abort.abort()
    // The server is told as well: closing the line may reach it late.
    void call(api.DELETE('/api/v1/queries/{query_id}', { params: { path: { query_id: running.id } } })).catch(() => undefined)
    setState((old) => ({ step: 'cancelled', rows: old.step === 'running' ? old.rows : null }))
  }, [])
  useEffect(() => stop, [stop])

  const run = useCallback(
    async (sql: string) => {
      if (sql.trim() === '') return
      stop()
      const mine = { id: randomId(), abort: new AbortController() }
      current.current = mine
      const since = performance.now()
      setState({ step: 'running', since, rows: null })
      const note = (rows: number | null, failed: boolean) =>
        setPast(remember(projectId, { sql, at: new Date().toISOString(), rows, failed }))
      try {
        const { runQuery } = await import('./arrow')
        const rows = await runQuery({
          projectId, sql, limit, queryId: mine.id, signal: mine.abort.signal,
          onRows: (answer) => current.current === mine && setState({ step: 'running', since, rows: answer }),
        })
        if (current.current !== mine) return
        setState({ step: 'done', rows, elapsed: performance.now() - since, sql })
        note(rows.rowCount, false)
      } catch (error) {
        if (current.current !== mine) return
        setState({ step: 'failed', error, sql })
        note(null, true)
      } finally {
        if (current.current === mine) current.current = null
      }
    },
    [projectId, limit, stop],
  )
  return { state, run, stop, past }
}
