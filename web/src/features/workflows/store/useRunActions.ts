import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { storeRun } from '@/api/live'
import type { Run } from '@/api/types'
import { documentOf } from '@/api/workflowFiles'
import { cancelRun, notebookOf, startRun, type RunStates } from '@/api/workflow'
import { useErrorWords } from '@/components/useErrorText'
import { saveAs } from '@/lib/save'
import { useDoc } from './document'
import { isGivenUp, useArrive } from './useArrive'
import { useWork } from './work'

interface RunActions {
  start: (body: { until?: string[]; again?: boolean; params?: Record<string, unknown>; seed?: number }) => void
  stop: () => void
  /** Hands over the draft as a notebook. */
  notebook: () => void
  /** Hands over the draft as a file. */
  file: () => void
}

/** Starts and stops runs of the open document, after everything drawn has reached the server. */
export function useRunActions(): RunActions {
  const { t, i18n } = useTranslation('workflows')
  const client = useQueryClient()
  const doc = useDoc()
  const arrive = useArrive()
  const { assetId, projectId, name, canRun } = useWork()
  const { notification, message } = App.useApp()
  const errorWords = useErrorWords()
  return useMemo(() => {
    const told = (error: unknown) => {
      if (isGivenUp(error)) return
      const { title, text } = errorWords(error)
      notification.error({ title, description: text, placement: 'bottomRight' })
    }
    const handOver = (read: () => Promise<unknown>, type: string, ending: string) => {
      void (async () => {
        try {
          await arrive()
          saveAs(new Blob([JSON.stringify(await read(), null, 1)], { type }), `${name}.${ending}`)
        } catch (error) {
          told(error)
        }
      })()
    }
    return {
      start: (body) => {
        if (!canRun) return
        const errors = Object.entries(doc.store.get().facts?.problems ?? {}).filter(([id, all]) => id in doc.workflow().nodes && all.some((p) => p.severity === 'error')).length
        void (async () => {
          try {
            await arrive()
            const run: Run = await startRun(assetId, body)
            storeRun(client, run)
            client.setQueryData<RunStates>(keys.states(assetId), (old) => ({ nodes: old?.nodes ?? {}, run_id: run.id }))
            void client.invalidateQueries({ queryKey: keys.states(assetId) })
            void client.invalidateQueries({ queryKey: keys.runs(projectId) })
            if (errors && !body.until) void message.warning(t('run.problems', { count: errors }))
          } catch (error) {
            told(error)
          }
        })()
      },
      stop: () => {
        const id = client.getQueryData<RunStates>(keys.states(assetId))?.run_id
        if (id) cancelRun(id).then(() => client.invalidateQueries({ queryKey: keys.states(assetId) }), told)
      },
      notebook: () => handOver(() => notebookOf(assetId, i18n.language), 'application/x-ipynb+json', 'ipynb'),
      file: () => handOver(() => documentOf(assetId), 'application/json', 'json'),
    }
  }, [client, doc, arrive, assetId, projectId, name, canRun, notification, message, errorWords, t, i18n])
}
