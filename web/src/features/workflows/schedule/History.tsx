import { useTranslation } from 'react-i18next'
import type { Fired } from '@/api/schedules'
import { AppLink } from '@/components/AppLink'
import { RunState, Tag } from '@/components/bits'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useWork } from '../store/work'
import css from '@/components/schedule/schedule.module.css'

/** What the last times came to. */
export function History({ history }: { history: Fired[] }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const { projectId } = useWork()
  if (history.length === 0) return null
  return (
    <section className={css.block}>
      <h3>{t('history')}</h3>
      <ul className={css.history}>
        {history.map((one) => (
          <li key={`${one.at} ${one.due_at}`}>
            <span>
              {one.run_id ? <AppLink href={urls.run(projectId, one.run_id)}>{f.moment(one.due_at)}</AppLink> : f.moment(one.due_at)} <span className="faint small">{t(`cause.${one.cause}`)}</span>
            </span>
            {one.run_state ? <RunState run={{ state: one.run_state }} /> : <Tag tone={one.outcome === 'stopped' ? 'warn' : 'plain'}>{t(`outcome.${one.outcome}`)}</Tag>}
            {one.message && <small>{f.words(one.message)}</small>}
          </li>
        ))}
      </ul>
    </section>
  )
}
