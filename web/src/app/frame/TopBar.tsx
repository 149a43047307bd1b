import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, type MenuProps } from 'antd'
import { ChevronsUpDown, Languages, LogOut, Moon, Search, Sun, SunMoon, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, call, setCsrfToken } from '@/api/client'
import { keys } from '@/api/keys'
import { projectsQuery, useProject } from '@/api/queries'
import type { Session } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Kbd } from '@/components/bits'
import type { Lang } from '@/lib/format'
import { LANGS, setLang, useLang } from '@/lib/i18n'
import { useGo } from '@/lib/router'
import { setTheme, useThemeChoice, useThemeMode, type ThemeChoice } from '@/lib/theme'
import { urls } from '@/lib/urls'
import css from './Frame.module.css'
import { RunsTray } from './RunsTray'

const LANG_NAMES: Record<Lang, string> = { en: 'English', 'zh-CN': '简体中文' }

function Logo() {
  return (
    <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <circle cx="8.5" cy="21" r="6" />
      <circle cx="23.5" cy="21" r="6" />
      <path d="M8.5 21 13 9.5h6.5l4 11.5M13 9.5h-3.5" />
    </svg>
  )
}

export function TopBar({ session, projectId, onSearch }: { session: Session; projectId: string; onSearch: () => void }) {
  const { t } = useTranslation(['shell', 'common'])
  return (
    <header className={css.top}>
      <AppLink href={projectId ? urls.home(projectId) : urls.projects()} className={css.brand} aria-label={t('home')}>
        <Logo />
        <b>{t('common:app.name')}</b>
      </AppLink>
      <span className={css.sep} aria-hidden>
        /
      </span>
      <ProjectSwitch projectId={projectId} />
      <span className={css.grow} />
      <button type="button" className={css.search} onClick={onSearch} aria-label={t('search.open')} aria-keyshortcuts="Control+K">
        <Search size={15} aria-hidden />
        <span>{t('search.open')}</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      {projectId && <RunsTray projectId={projectId} />}
      <LangMenu />
      <ThemeMenu />
      <PersonMenu session={session} />
    </header>
  )
}

function ProjectSwitch({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['shell', 'common'])
  const go = useGo()
  const projects = useQuery(projectsQuery)
  const project = useProject(projectId)
  const items: MenuProps['items'] = [
    ...(projects.data ?? []).map((p) => ({ key: p.id, label: p.name })),
    { type: 'divider' as const },
    { key: 'all', label: t('project.all') },
  ]
  return (
    <div className={css.switch}>
      <Dropdown
        trigger={['click']}
        menu={{
          items,
          selectedKeys: [projectId],
          style: { maxHeight: 420, overflow: 'auto' },
          onClick: ({ key }) => go(key === 'all' ? urls.projects() : urls.home(key)),
        }}
      >
        <Button type="text" aria-label={t('project.switch')} icon={<ChevronsUpDown size={14} />} iconPlacement="end">
          <span className="ellipsis">{projectId ? (project.data?.name ?? '…') : t('project.pick')}</span>
        </Button>
      </Dropdown>
    </div>
  )
}

function LangMenu() {
  const { t } = useTranslation(['shell', 'common'])
  const lang = useLang()
  const choose = (next: Lang) => {
    void setLang(next)
    void call(api.PATCH('/api/v1/me', { body: { lang: next } })).catch(() => undefined)
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: LANGS.map((key) => ({ key, label: LANG_NAMES[key] })), selectedKeys: [lang], onClick: ({ key }) => choose(key as Lang) }}
    >
      <Button type="text" aria-label={t('lang')} icon={<Languages size={17} strokeWidth={1.75} />} />
    </Dropdown>
  )
}

function ThemeMenu() {
  const { t } = useTranslation(['shell', 'common'])
  const choice = useThemeChoice()
  const mode = useThemeMode()
  const choose = (next: ThemeChoice) => {
    setTheme(next)
    void call(api.PATCH('/api/v1/me', { body: { theme: next } })).catch(() => undefined)
  }
  const icon = { light: <Sun size={15} />, dark: <Moon size={15} />, system: <SunMoon size={15} /> }
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: (['light', 'dark', 'system'] as const).map((key) => ({ key, label: t(`theme.${key}`), icon: icon[key] })),
        selectedKeys: [choice],
        onClick: ({ key }) => choose(key as ThemeChoice),
      }}
    >
      <Button type="text" aria-label={t('theme.label')} icon={mode === 'dark' ? <Moon size={17} strokeWidth={1.75} /> : <Sun size={17} strokeWidth={1.75} />} />
    </Dropdown>
  )
}

function PersonMenu({ session }: { session: Session }) {
  const { t } = useTranslation(['shell', 'common'])
  const go = useGo()
  const client = useQueryClient()
  const others = session.orgs.filter((org) => org.id !== session.org.id)
  const leave = async () => {
    await call(api.DELETE('/api/v1/session')).catch(() => undefined)
    setCsrfToken(null)
    client.clear()
    go(urls.signIn(), { replace: true })
  }
  const switchOrg = async (org_id: string) => {
    const next = await call(api.POST('/api/v1/session/org', { body: { org_id } }))
    setCsrfToken(next.csrf_token)
    client.clear()
    client.setQueryData(keys.session, next)
    go(urls.projects())
  }
  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: (
        <div style={{ maxWidth: 240 }}>
          <div style={{ color: 'var(--ink)' }}>{session.user.name}</div>
          <div className="small ellipsis">{session.user.email}</div>
          <div className="small">
            {session.org.name}
          </div>
        </div>
      ),
    },
    { type: 'divider' },
    ...(others.length ? [{ key: 'orgs', label: t('org.switch'), children: others.map((org) => ({ key: `org:${org.id}`, label: org.name })) }] : []),
    { key: 'account', label: t('account'), icon: <UserRound size={15} /> },
    { key: 'leave', label: t('common:action.signOut'), icon: <LogOut size={15} /> },
  ]
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items,
        onClick: ({ key }) => {
          if (key === 'account') go(urls.account())
          else if (key === 'leave') void leave()
          else if (key.startsWith('org:')) void switchOrg(key.slice(4))
        },
      }}
    >
      <Button type="text" shape="circle" aria-label={t('person')} style={{ background: 'var(--fill)', color: 'var(--accent)', fontWeight: 600 }} size="small">
        {[...session.user.name][0]?.toUpperCase()}
      </Button>
    </Dropdown>
  )
}
