import { useQuery } from '@tanstack/react-query'
import { AppWindow, BrainCircuit, ChartNoAxesCombined, Database, House, LayoutDashboard, SquareTerminal, Users, Workflow } from 'lucide-react'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { runQuery, useProject } from '@/api/queries'
import type { Session } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { can } from '@/lib/rights'
import { usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import css from './Frame.module.css'
import { TopBar } from './TopBar'

const SearchPalette = lazy(() => import('./SearchPalette').then((m) => ({ default: m.SearchPalette })))

/** The rail, the top bar and the page. */
export function Frame({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation(['shell', 'common'])
  const projectId = useProjectId()
  const [searching, setSearching] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setSearching((open) => !open)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <div className={projectId ? css.frame : `${css.frame} ${css.bare}`}>
      <a className={css.skip} href="#main">
        {t('skip')}
      </a>
      <TopBar session={session} projectId={projectId} onSearch={() => setSearching(true)} />
      {projectId && <Rail projectId={projectId} />}
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {searching && (
        <Suspense fallback={null}>
          <SearchPalette projectId={projectId} onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  )
}

function Rail({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['shell', 'common'])
  const path = usePath()
  const project = useProject(projectId).data
  // A run is shown under what it belongs to: an import under the data, another under the scenarios.
  const runId = path.startsWith(`${urls.home(projectId)}/runs/`) ? decodeURIComponent(path.split('/')[4] ?? '') : ''
  const run = useQuery({ ...runQuery(runId), enabled: runId !== '' }).data
  const home = run && (run.kind === 'import' ? urls.data(projectId) : run.kind === 'workflow' ? urls.workflows(projectId) : urls.scenarios(projectId))
  // Components are reached from the canvas.
  const under = path.startsWith(urls.components(projectId)) ? urls.workflows(projectId) : home
  const items: { href: string; label: string; icon: typeof House; exact?: boolean }[] = [
    { href: urls.home(projectId), label: t('rail.home'), icon: House, exact: true },
    { href: urls.data(projectId), label: t('rail.data'), icon: Database },
    ...(can(project, 'writeCode') ? [{ href: urls.explore(projectId), label: t('rail.explore'), icon: SquareTerminal }] : []),
    { href: urls.workflows(projectId), label: t('rail.workflows'), icon: Workflow },
    { href: urls.dashboards(projectId), label: t('rail.dashboards'), icon: LayoutDashboard },
    { href: urls.apps(projectId), label: t('rail.apps'), icon: AppWindow },
    { href: urls.models(projectId), label: t('rail.models'), icon: BrainCircuit },
    { href: urls.scenarios(projectId), label: t('rail.scenarios'), icon: ChartNoAxesCombined },
    { href: urls.team(projectId), label: t('rail.team'), icon: Users },
  ]
  return (
    <nav className={css.rail} aria-label={t('rail.label')}>
      {items.map(({ href, label, icon: Icon, exact }) => {
        const here = exact ? path === href || path === `${href}/` : path.startsWith(href) || href === under
        return (
          <AppLink key={href} href={href} className={css.item} aria-current={here ? 'page' : undefined} title={label}>
            <Icon size={17} strokeWidth={1.75} aria-hidden />
            <span>{label}</span>
          </AppLink>
        )
      })}
    </nav>
  )
}
