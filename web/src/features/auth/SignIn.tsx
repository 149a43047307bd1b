import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call, setCsrfToken } from '@/api/client'
import { keys } from '@/api/keys'
import { useTitle } from '@/components/Page'
import { useErrorWords } from '@/components/useErrorText'
import { hasChosenLang, LANGS, setLang, useLang } from '@/lib/i18n'
import { useGo, useParam } from '@/lib/router'
import { setTheme } from '@/lib/theme'
import { urls } from '@/lib/urls'
import css from './SignIn.module.css'

const LANG_NAMES = { en: 'English', 'zh-CN': '简体中文' }

interface Credentials {
  email: string
  password: string
}

export function SignIn() {
  const { t } = useTranslation(['auth', 'common'])
  useTitle(t('signIn'))
  const lang = useLang()
  const go = useGo()
  const client = useQueryClient()
  const errorWords = useErrorWords()
  const [next] = useParam('next')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)

  const signIn = async (credentials: Credentials) => {
    setBusy(true)
    setProblem(null)
    try {
      const session = await call(api.POST('/api/v1/session', { body: credentials }))
      setCsrfToken(session.csrf_token)
      client.clear()
      client.setQueryData(keys.session, session)
      setTheme(session.user.theme)
      if (!hasChosenLang()) await setLang(session.user.lang)
      // Only an address of this application is followed.
      go(next.startsWith('/') && !next.startsWith('//') ? next : urls.root(), { replace: true })
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  const words = problem ? errorWords(problem) : null
  return (
    <div className={css.page}>
      <div className={css.top}>
        {LANGS.filter((other) => other !== lang).map((other) => (
          <Button key={other} type="text" onClick={() => void setLang(other)} lang={other}>
            {LANG_NAMES[other]}
          </Button>
        ))}
      </div>
      <main className={css.body}>
        <div className={css.card}>
          <div className={css.brand}>
            <img src="/tandem.svg" alt="" width={34} height={34} />
            <h1>{t('common:app.name')}</h1>
          </div>
          <p className={css.tagline}>{t('common:app.tagline')}</p>
          <Form<Credentials> layout="vertical" onFinish={(values) => void signIn(values)} requiredMark={false} disabled={busy}>
            <Form.Item name="email" label={t('email')} rules={[{ required: true, message: t('emailMissing') }]}>
              <Input autoComplete="username" autoFocus inputMode="email" size="large" />
            </Form.Item>
            <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('passwordMissing') }]}>
              <Input.Password autoComplete="current-password" size="large" />
            </Form.Item>
            {words && (
              <div className={css.error} role="alert">
                <b>{words.title}</b>
                <div>{words.text !== words.title && words.text}</div>
              </div>
            )}
            <Button type="primary" htmlType="submit" block size="large" loading={busy}>
              {t('signIn')}
            </Button>
          </Form>
          <p className={css.hint}>{t('forgot')}</p>
        </div>
      </main>
    </div>
  )
}
