import { Button, Skeleton } from 'antd'
import { Check, CircleAlert, Link2, Lock, MapPinOff, Monitor, RotateCw, Unplug } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { urls } from '@/lib/urls'
import { AppLink } from './AppLink'
import { ErrorBody } from './ErrorBody'
import { useErrorText } from './useErrorText'
import css from './states.module.css'

interface StateProps {
  icon?: ReactNode
  title: string
  text?: ReactNode
  actions?: ReactNode
  inline?: boolean
}

/** A page or a part of one that has nothing to show yet, and what to do about it. */
export function State({ icon, title, text, actions, inline }: StateProps) {
  return (
    <div className={inline ? `${css.state} ${css.inline}` : css.state}>
      {icon && <div className={css.icon}>{icon}</div>}
      <h2 className={css.title}>{title}</h2>
      {text && <div className={css.text}>{text}</div>}
      {actions && <div className={css.actions}>{actions}</div>}
    </div>
  )
}

interface ErrorProps {
  error: unknown
  retry?: () => void
  inline?: boolean
  /** What a person without the right can do, such as asking for it. */
  forbidden?: ReactNode
}

/** What happened, what to do, and an id to quote. */
export function ErrorState({ error, retry, inline, forbidden }: ErrorProps) {
  const { t } = useTranslation()
  const words = useErrorText(error)
  const api = error instanceof ApiError ? error : null
  const Icon = api?.offline ? Unplug : api?.status === 403 ? Lock : api?.status === 404 ? MapPinOff : CircleAlert
  const again = retry && api?.status !== 403 && api?.status !== 404
  const gone = api?.status === 404 && !inline
  return (
    <div className={inline ? `${css.state} ${css.inline}` : css.state} role="alert">
      <div className={api && (api.status === 403 || api.status === 404) ? css.icon : `${css.icon} ${css.fail}`}>
        <Icon size={26} strokeWidth={1.5} aria-hidden />
      </div>
      <h2 className={css.title}>{words.title}</h2>
      <div className={css.text}>
        <ErrorBody words={words} />
      </div>
      {api?.requestId && (
        <div className={css.id}>
          {t('error.requestId')} {api.requestId}
        </div>
      )}
      {(again || gone || (api?.status === 403 && forbidden)) && (
        <div className={css.actions}>
          {again && (
            <Button icon={<RotateCw size={14} />} onClick={retry}>
              {t('action.retry')}
            </Button>
          )}
          {api?.status === 403 && forbidden}
          {gone && <AppLink href={urls.projects()}>{t('error.page.action')}</AppLink>}
        </div>
      )}
    </div>
  )
}

export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className={css.skeleton} role="status" aria-label={t('state.loading')}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

/** Told on a phone: something can be read but not edited here, or (`nothing`) isn't here at all. */
export function LargerScreen({ nothing }: { nothing?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={css.notice} role="note">
      <Monitor size={16} aria-hidden />
      <span>{t(nothing ? 'state.needsLargerScreen' : 'state.largerScreen')}</span>
      {nothing && <CopyLink />}
    </div>
  )
}

/** The address of this page, to open it elsewhere. */
function CopyLink() {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  // Only where the page may write to the clipboard, which takes a safe connection.
  if (!navigator.clipboard) return null
  return (
    <Button size="small" icon={done ? <Check size={14} /> : <Link2 size={14} />} onClick={() => void navigator.clipboard.writeText(window.location.href).then(() => setDone(true), () => undefined)}>
      {t(done ? 'action.copied' : 'action.copyLink')}
    </Button>
  )
}
