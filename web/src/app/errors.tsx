import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from 'antd'
import { Bug, MapPinOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { AppLink } from '@/components/AppLink'
import { useTitle } from '@/components/Page'
import { State } from '@/components/states'
import { urls } from '@/lib/urls'

export function NotFoundPage() {
  const { t } = useTranslation()
  useTitle(t('error.page.title'))
  return (
    <State
      icon={<MapPinOff size={26} strokeWidth={1.5} />}
      title={t('error.page.title')}
      text={t('error.page.text')}
      actions={<AppLink href={urls.projects()}>{t('error.page.action')}</AppLink>}
    />
  )
}

/** A fault in a page. What it was is shown, so that it can be reported. */
export function CrashPage({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <State
      icon={<Bug size={26} strokeWidth={1.5} />}
      title={t('error.crash.title')}
      text={
        <>
          <p>{t('error.crash.text')}</p>
          <pre className="mono small" style={{ whiteSpace: 'pre-wrap', marginTop: 12 }}>
            {error instanceof Error ? error.message : String(error)}
          </pre>
        </>
      }
      actions={<Button onClick={() => window.location.reload()}>{t('error.crash.reload')}</Button>}
    />
  )
}
