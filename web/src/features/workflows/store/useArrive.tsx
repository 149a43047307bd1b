import { App, Button } from 'antd'
import { useCallback, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useDoc, type Doc } from './document'
import { useSync } from './SyncContext'

const NOTICE = 'workflow-waits'
/** What waits at a document; one thing at a time. */
const underWay = new WeakMap<Doc, AbortController>()

/** Whether somebody gave up waiting, which is no error. */
export const isGivenUp = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'

/**
 * Waits until the server has everything that is drawn. Without a connection it
 * says that it waits, and can be given up; who leaves or asks for something else
 * gives up, too.
 */
export function useArrive(): () => Promise<void> {
  const { t } = useTranslation('workflows')
  const { notification } = App.useApp()
  const doc = useDoc()
  const sync = useSync()
  const own = useRef<AbortController>(null)
  useEffect(() => () => own.current?.abort(), [])
  return useCallback(async () => {
    underWay.get(doc)?.abort()
    const mine = new AbortController()
    own.current = mine
    underWay.set(doc, mine)
    let told = false
    const tell = () => {
      if (told || mine.signal.aborted || doc.store.get().sync !== 'offline') return
      told = true
      notification.info({
        key: NOTICE,
        title: t('sync.waits'),
        description: t('sync.waitsText'),
        placement: 'bottomRight',
        duration: 0,
        closable: false,
        role: 'status',
        actions: (
          <Button size="small" onClick={() => mine.abort()}>
            {t('sync.giveUp')}
          </Button>
        ),
      })
    }
    const unsubscribe = doc.store.subscribe(tell)
    try {
      const done = sync.flush(mine.signal)
      tell()
      await done
    } finally {
      unsubscribe()
      if (told) notification.destroy(NOTICE)
    }
  }, [doc, sync, notification, t])
}
