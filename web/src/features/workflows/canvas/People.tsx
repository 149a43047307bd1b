import { ViewportPortal } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { useDocPart, type DocState } from '../store/document'
import css from './Canvas.module.css'
import { personColour } from './StepNode'

const people = (s: DocState) => s.people

/** Where others point. */
export function People() {
  const { t } = useTranslation('workflows')
  const all = useDocPart(people)
  return (
    <ViewportPortal>
      {all.map((person) => (
        <div key={person.client} className={css.person} style={{ transform: `translate(${person.x}px, ${person.y}px)`, ['--watch' as string]: personColour(person.color) }} aria-label={t('canvas.person', { name: person.user.name })} role="img">
          <svg width="16" height="18" viewBox="0 0 16 18" aria-hidden>
            <path d="M1 1l13 7-6 1.6L5 16z" fill="currentColor" stroke="var(--ground)" strokeWidth="1.2" />
          </svg>
          <span>{person.user.name}</span>
        </div>
      ))}
    </ViewportPortal>
  )
}
