import { useQuery } from '@tanstack/react-query'
import { AppWindow, BrainCircuit, ChartNoAxesCombined, Database, House, LayoutDashboard, SquareTerminal, Users, Workflow } from 'lucide-react'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { runQuery, useProject } from '@/api/queries'
import type { Session } from '@/api/types'
import { can } from '@/lib/rights'
import { usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import css from './Frame.module.css'
import { More, RailLink, type Place } from './Rail'
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

/** What a phone has room for at the bottom of the screen; the rest is behind “More”. */
const ON_PHONE = 4

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
  const narrow = useNarrow()
  const all: Place[] = [
    { href: urls.home(projectId), label: t('rail.home'), icon: House, exact: true, reading: true },
    { href: urls.data(projectId), label: t('rail.data'), icon: Database, reading: true },
    ...(can(project, 'writeCode') ? [{ href: urls.explore(projectId), label: t('rail.explore'), icon: SquareTerminal }] : []),
    { href: urls.workflows(projectId), label: t('rail.workflows'), icon: Workflow },
    { href: urls.dashboards(projectId), label: t('rail.dashboards'), icon: LayoutDashboard, reading: true },
    { href: urls.apps(projectId), label: t('rail.apps'), icon: AppWindow, reading: true },
    { href: urls.models(projectId), label: t('rail.models'), icon: BrainCircuit },
    { href: urls.scenarios(projectId), label: t('rail.scenarios'), icon: ChartNoAxesCombined },
    { href: urls.team(projectId), label: t('rail.team'), icon: Users },
  ]
  const isHere = ({ href, exact }: Place) => (exact ? path === href || path === `${href}/` : path.startsWith(href) || href === under)
  const first = all.filter((place) => place.reading).slice(0, ON_PHONE)
  const [shown, behind] = narrow ? [first, all.filter((place) => !first.includes(place))] : [all, []]
  return (
    <nav className={css.rail} aria-label={t('rail.label')}>
      {shown.map((place) => (
        <RailLink key={place.href} place={place} here={isHere(place)} />
      ))}
      {behind.length > 0 && <More places={behind} isHere={isHere} />}
    </nav>
  )
}
