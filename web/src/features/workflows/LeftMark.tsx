import { Button, Popconfirm, Popover } from 'antd'
import { CircleAlert, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/api/queries'
import { applyAll } from './model/edits'
import { useWorkflow } from './store/document'
import { leftBehind, throwAway } from './store/kept'
import { useWork } from './store/work'
import { Unsent } from './Unsent'
import css from './Toolbar.module.css'
import box from './Unsent.module.css'

/** For who may no longer change a workflow: changes of theirs that the server didn't take, kept in this browser. */
export function LeftMark() {
  const { t } = useTranslation('workflows')
  const { assetId } = useWork()
  const w = useWorkflow()
  const person = useSession().data?.user.id ?? ''
  const [left, setLeft] = useState(() => leftBehind(person, assetId))
  if (left.length === 0) return null
  const away = () => {
    throwAway(person, assetId)
    setLeft([])
  }
  return (
    <Popover
      trigger="click"
      content={
        <div className={box.box}>
          <p>{t('sync.leftText')}</p>
          <Unsent old={w} now={applyAll(w, left).workflow} />
          <div className={box.tools}>
            <Popconfirm title={t('sync.discardSure')} okText={t('sync.discard')} okButtonProps={{ danger: true }} onConfirm={away}>
              <Button size="small" danger icon={<Trash2 size={13} />}>
                {t('sync.discard')}
              </Button>
            </Popconfirm>
          </div>
        </div>
      }
    >
      <button type="button" className={`${css.sync} ${css.refused}`} style={{ cursor: 'pointer' }}>
        <CircleAlert size={14} aria-hidden /> {t('sync.refused', { count: left.length })}
      </button>
    </Popover>
  )
}
