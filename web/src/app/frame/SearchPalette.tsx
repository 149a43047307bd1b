import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { ChartNoAxesCombined, CornerDownLeft, Database, File, House, LayoutDashboard, Search, SquareTerminal, Upload, UserRound, Users } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { projectsQuery, useProject } from '@/api/queries'
import { can } from '@/lib/rights'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import css from './SearchPalette.module.css'

interface Hit {
  key: string
  group: string
  label: string
  detail?: string
  icon: ReactNode
  href: string
}

const SIZE = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** `Ctrl K`: assets, people, projects and commands by a few letters. */
export function SearchPalette({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const { t } = useTranslation(['shell', 'common'])
  const go = useGo()
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const q = useDelayed(text.trim(), 120)
  const hits = useHits(projectId, text.trim(), q)
  const list = useRef<HTMLUListElement>(null)
  const chosen = Math.min(at, hits.length - 1)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const open = (hit: Hit | undefined) => {
    if (!hit) return
    onClose()
    go(hit.href)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, hits.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0))
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) open(hits[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={600} style={{ top: '12vh' }} title={null}>
      <div className={css.box}>
        <div className={css.input}>
          <Search {...SIZE} />
          <input
            autoFocus
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setAt(0)
            }}
            onKeyDown={onKey}
            placeholder={t('search.placeholder')}
            aria-label={t('search.placeholder')}
            role="combobox"
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={hits[chosen] ? `${id}-${chosen}` : undefined}
          />
        </div>
        <ul className={css.list} id={`${id}-list`} role="listbox" ref={list} aria-label={t('search.placeholder')}>
          {hits.length === 0 && <li className={css.none}>{t('search.none', { text: q })}</li>}
          {hits.map((hit, index) => (
            <li key={hit.key} role="presentation">
              {hits[index - 1]?.group !== hit.group && <div className={css.group}>{hit.group}</div>}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={css.hit}
                onClick={() => open(hit)}
                onMouseMove={() => setAt(index)}
              >
                {hit.icon}
                <span className="ellipsis">
                  {hit.label} {hit.detail && <span className="faint small">{hit.detail}</span>}
                </span>
                {index === chosen && <CornerDownLeft {...SIZE} size={14} />}
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  )
}

/** What matches: commands and projects by what stands there now, assets and people by what was looked up. */
function useHits(projectId: string, text: string, q: string): Hit[] {
  const { t } = useTranslation(['shell', 'common'])
  const projects = useQuery(projectsQuery)
  const project = useProject(projectId).data
  const found = useQuery({
    queryKey: keys.search(projectId, q),
    queryFn: () =>
      call(api.GET('/api/v1/projects/{project_id}/search', { params: { path: { project_id: projectId }, query: { q } } })),
    enabled: projectId !== '' && q !== '',
    placeholderData: keepPreviousData,
  })
  const commands: Hit[] = []
  const command = (key: string, label: string, icon: ReactNode, href: string) =>
    commands.push({ key, group: t('search.commands'), label, icon, href })
  if (projectId) {
    command('home', t('rail.home'), <House {...SIZE} />, urls.home(projectId))
    command('data', t('rail.data'), <Database {...SIZE} />, urls.data(projectId))
    if (can(project, 'create')) command('import', t('search.import'), <Upload {...SIZE} />, urls.importData(projectId))
    if (can(project, 'writeCode')) command('explore', t('search.query'), <SquareTerminal {...SIZE} />, urls.explore(projectId))
    command('dashboards', t('rail.dashboards'), <LayoutDashboard {...SIZE} />, urls.dashboards(projectId))
    command('scenarios', t('rail.scenarios'), <ChartNoAxesCombined {...SIZE} />, urls.scenarios(projectId))
    command('team', t('rail.team'), <Users {...SIZE} />, urls.team(projectId))
  }
  command('account', t('account'), <UserRound {...SIZE} />, urls.account())
  const matches = (name: string) => name.toLowerCase().includes(text.toLowerCase())
  const assets: Hit[] = text && q
    ? (found.data?.items ?? []).filter((hit) => matches(hit.name) || matches(hit.description)).map((hit) => {
        const person = hit.kind === 'user' || hit.kind === 'person'
        const run = hit.kind === 'run' || hit.kind === 'report'
        return {
          key: `${hit.kind}:${hit.id}`,
          group: t('search.found'),
          label: hit.name,
          detail: hit.description,
          icon: person ? <UserRound {...SIZE} /> : hit.kind === 'dataset' ? <Database {...SIZE} /> : <File {...SIZE} />,
          href: person ? urls.team(projectId) : run ? urls.run(projectId, hit.id) : urls.asset(projectId, hit),
        }
      })
    : []
  const inProjects: Hit[] = (projects.data ?? [])
    .filter((p) => p.id !== projectId && matches(p.name))
    .map((p) => ({ key: `project:${p.id}`, group: t('search.projects'), label: p.name, icon: <House {...SIZE} />, href: urls.home(p.id) }))
  return [...assets, ...commands.filter((c) => matches(c.label)), ...inProjects]
}

function useDelayed(value: string, milliseconds: number): string {
  const [delayed, setDelayed] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return delayed
}
