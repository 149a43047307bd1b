import { App, Button, Popconfirm, Popover } from 'antd'
import { CircleAlert, Cloud, CloudOff, RefreshCw, Trash2 } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '@/components/states'
import { useFormat } from '@/lib/useFormat'
import { waiting } from './model/session'
import { useDoc, useDocPart, type DocState } from './store/document'
import { useSync } from './store/SyncContext'
import { Unsent } from './Unsent'
import css from './Toolbar.module.css'
import box from './Unsent.module.css'

const count = (s: DocState) => waiting(s.session)
const state = (s: DocState) => s.sync
const error = (s: DocState) => s.syncError
const refused = (s: DocState) => s.refused
const session = (s: DocState) => s.session

/** Whether everything drawn is with the server, and what happens to it if not. */
export function SyncMark() {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const { message } = App.useApp()
  const now = useDocPart(state)
  const waits = useDocPart(count)
  const gone = useDocPart(refused)
  useEffect(() => {
    if (gone.length === 0) return
    for (const text of gone.slice(0, 3)) void message.warning(f.named(t('sync.gone'), f.words(text)))
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
    <Popover trigger="click" content={<Waiting offline={offline} />}>
      <button type="button" className={`${css.sync} ${offline ? css.offline : css.refused}`} style={{ cursor: 'pointer' }} aria-live="polite">
        {offline ? <CloudOff size={14} aria-hidden /> : <CircleAlert size={14} aria-hidden />}
        {t(offline ? 'sync.offline' : 'sync.refused', { count: waits })}
      </button>
    </Popover>
  )
}

/** What the server doesn't have and why, and what can be done with it. */
function Waiting({ offline }: { offline: boolean }) {
  const { t } = useTranslation('workflows')
  const sync = useSync()
  const why = useDocPart(error)
  const { confirmed, shown } = useDocPart(session)
  return (
    <div className={box.box}>
      <p>{t(offline ? 'sync.offlineText' : 'sync.refusedText')}</p>
      {!offline && <ErrorState inline error={why} />}
      <Unsent old={confirmed} now={shown} />
      <div className={box.tools}>
        <Button size="small" icon={<RefreshCw size={13} />} onClick={sync.retry}>
          {t('sync.retry')}
        </Button>
        {!offline && (
          <Popconfirm title={t('sync.discardSure')} okText={t('sync.discard')} okButtonProps={{ danger: true }} onConfirm={sync.discard}>
            <Button size="small" danger icon={<Trash2 size={13} />}>
              {t('sync.discard')}
            </Button>
          </Popconfirm>
        )}
      </div>
    </div>
  )
}
