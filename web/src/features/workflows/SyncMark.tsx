import { App, Button, Popover } from 'antd'
import { CircleAlert, Cloud, CloudOff, RefreshCw } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '@/components/states'
import { useFormat } from '@/lib/useFormat'
import { waiting } from './model/session'
import { useDoc, useDocPart, type DocState } from './store/document'
import { useSync } from './store/SyncContext'
import css from './Toolbar.module.css'

const count = (s: DocState) => waiting(s.session)
const state = (s: DocState) => s.sync
const error = (s: DocState) => s.syncError
const refused = (s: DocState) => s.refused

/** Whether everything drawn is with the server, and what happens to it if not. */
export function SyncMark() {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const sync = useSync()
  const { message } = App.useApp()
  const now = useDocPart(state)
  const waits = useDocPart(count)
  const why = useDocPart(error)
  const gone = useDocPart(refused)
  useEffect(() => {
    if (gone.length === 0) return
    for (const text of gone.slice(0, 3)) void message.warning(`${t('sync.gone')}: ${f.words(text)}`)
    doc.store.set({ refused: [] })
  }, [gone, message, t, f, doc])
  if (now === 'saved' || now === 'saving')
    return (
      <span className={css.sync} aria-live="polite">
        <Cloud size={14} aria-hidden /> {t(now === 'saved' ? 'sync.saved' : 'sync.saving')}
      </span>
    )
  const offline = now === 'offline'
  return (
    <Popover
      trigger="click"
      content={
        <div style={{ maxWidth: 320 }}>
          <p>{t(offline ? 'sync.offlineText' : 'sync.refusedText')}</p>
          {!offline && <ErrorState inline error={why} />}
          <Button size="small" icon={<RefreshCw size={13} />} onClick={() => void sync.flush()} style={{ marginTop: 8 }}>
            {t('sync.retry')}
          </Button>
        </div>
      }
    >
      <button type="button" className={`${css.sync} ${offline ? css.offline : css.refused}`} style={{ cursor: 'pointer' }} aria-live="polite">
        {offline ? <CloudOff size={14} aria-hidden /> : <CircleAlert size={14} aria-hidden />}
        {offline ? t('sync.offline', { count: waits }) : t('sync.refused')}
      </button>
    </Popover>
  )
}
