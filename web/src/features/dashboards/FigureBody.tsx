import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { ChevronRight, CircleAlert, ZoomIn } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answered, Block } from '@/api/dashboards'
import { componentsQuery, type Text } from '@/api/workflow'
import { Blocks } from '@/components/report/Blocks'
import type { Block as Drawn } from '@/components/report/document'
import { namesOf, PickContext, valueOf, type Pick } from '@/components/report/pick'
import { useFormat } from '@/lib/useFormat'
import css from './Figure.module.css'
import { both, figureOf } from './model/edits'
import { measured } from './model/measured'
import { says, titled } from './model/titled'

interface Props {
  block: Block
  answer: Answered | undefined
  /** The values that were pointed at, from the coarsest. */
  path: (string | null)[]
  onPath: (path: (string | null)[]) => void
  pending: boolean
}

/** What a figure shows: its title, the way down that was taken, and the drawing or why there is none. */
export function FigureBody({ block, answer, path, onPath, pending }: Props) {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const drill = figureOf(block)?.drill
  const level = drill && path.length < drill.levels.length - 1 ? drill.levels[path.length] : undefined
  const measure = useMeasured(block, path)
  const shown = useMemo(() => (answer && 'section' in answer ? titled(says(block.title) ? block.title : measure, answer.section.blocks as Drawn[]) : null), [answer, block.title, measure])
  const pick = useMemo<Pick | null>(() => (drill && level !== undefined ? { param: drill.param, column: level, onPick: (value) => onPath([...path, value]) } : null), [drill, level, path, onPath])
  const marks = useMemo(() => {
    if (!pick || !shown) return []
    const names = shown.blocks.flatMap((one) => (one.type === 'chart' ? namesOf(one, pick.param) : []))
    return names.flatMap((name) => {
      const value = valueOf(name)
      return value === undefined ? [] : [{ value, label: f.words(name) }]
    })
  }, [pick, shown, f])
  const called = (value: string | null | undefined) => (value === null || value === undefined ? t('common:value.null') : value)
  return (
    <div className={css.body} aria-busy={pending || undefined}>
      {shown?.heading && <h3 className={css.heading}>{f.words(shown.heading)}</h3>}
      {drill && drill.levels.length > 1 && (
        <nav className={`${css.crumbs} no-print`} aria-label={t('drill.path')}>
          {path.length === 0 ? (
            <span className="faint">{t('drill.by', { name: drill.levels[0] })}</span>
          ) : (
            <>
              <button type="button" onClick={() => onPath([])}>
                {t('drill.all')}
              </button>
              {path.map((value, at) => (
                <span key={at} className={css.crumb}>
                  <ChevronRight size={12} aria-hidden />
                  {at === path.length - 1 ? <b>{called(value)}</b> : <button type="button" onClick={() => onPath(path.slice(0, at + 1))}>{called(value)}</button>}
                </span>
              ))}
              <span className="faint">{t('drill.by', { name: drill.levels[Math.min(path.length, drill.levels.length - 1)] })}</span>
            </>
          )}
          {marks.length > 0 && pick && (
            <Dropdown trigger={['click']} menu={{ style: { maxHeight: 320, overflowY: 'auto' }, items: marks.map((mark, at) => ({ key: String(at), label: mark.label })), onClick: ({ key }) => pick.onPick(marks[Number(key)]?.value ?? null) }}>
              <Button type="text" size="small" className={css.into} icon={<ZoomIn size={13} />}>
                {t('drill.into')}
              </Button>
            </Dropdown>
          )}
        </nav>
      )}
      {answer && 'error' in answer ? (
        <div className={css.error} role="alert">
          <CircleAlert size={16} aria-hidden />
          <div>
            {block.title && <b>{f.words(block.title)}</b>}
            <p>{f.words(answer.error.message)}</p>
          </div>
        </div>
      ) : shown ? (
        <PickContext value={pick}>
          <div className={pick ? css.pickable : undefined}>
            <Blocks blocks={shown.blocks} />
          </div>
        </PickContext>
      ) : (
        <div className={css.waiting} role="status" aria-label={t('common:state.loading')} />
      )}
    </div>
  )
}

/** What a table without a title of its own measures: nothing else on it says so. */
function useMeasured(block: Block, path: (string | null)[]): Text | undefined {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const figure = figureOf(block)
  const signature = useQuery(componentsQuery).data?.find((one) => one.name === figure?.component)
  return useMemo(() => {
    const found = figure && signature ? measured(figure, signature, path) : null
    if (!found) return undefined
    const totals = found.totals.map(({ how, field }) => (field ? t('measured.of', { how: f.words(how), field }) : f.words(how))).join(t('common:list'))
    const words = found.by.length > 0 ? t('measured.by', { totals, fields: found.by.join(t('common:list')) }) : totals
    // In Chinese it begins with the name of a field, which stays as it is written.
    return both(f.lang === 'en' ? words.charAt(0).toUpperCase() + words.slice(1) : words)
  }, [figure, signature, path, t, f])
}
