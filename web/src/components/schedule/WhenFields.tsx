import { useQuery } from '@tanstack/react-query'
import { InputNumber, Radio, Select, Switch } from 'antd'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { upcomingQuery } from '@/api/schedules'
import { useErrorText } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import { expression } from './cron'
import { CronField } from './CronField'
import { zonesWith, type When } from './when'
import css from './schedule.module.css'

interface Props {
  when: When
  disabled: boolean
  onChange: (changes: Partial<When>) => void
  /** What happens after so many minutes of quiet, and what that means. */
  waitMinutes: string
  waitHelp: string
}

/** When: at times, when data come, or both. */
export function WhenFields({ when, disabled, onChange, waitMinutes, waitHelp }: Props) {
  const { t } = useTranslation('schedules')
  const zones = useMemo(() => zonesWith(when.zone), [when.zone])
  return (
    <>
      <section className={css.block}>
        <h3>
          {t('atTimes')}
          <Switch size="small" checked={when.timed} disabled={disabled} onChange={(timed) => onChange({ timed })} aria-label={t('atTimes')} />
        </h3>
        {when.timed && (
          <>
            <CronField choice={when.choice} disabled={disabled} onChange={(choice) => onChange({ choice })} />
            <Select size="small" className={css.wide} showSearch disabled={disabled} aria-label={t('zone')} value={when.zone} onChange={(zone) => onChange({ zone })} options={zones} />
            <Radio.Group disabled={disabled} value={when.missed} onChange={(event) => onChange({ missed: event.target.value as When['missed'] })} aria-label={t('missed')} style={{ display: 'grid', gap: 4 }}>
              <Radio value="once">{t('missedOnce')}</Radio>
              <Radio value="skip">{t('missedSkip')}</Radio>
            </Radio.Group>
            <Upcoming cron={expression(when.choice)} zone={when.zone} />
          </>
        )}
      </section>
      <section className={css.block}>
        <h3>
          {t('onData')}
          <Switch size="small" checked={when.onData} disabled={disabled} onChange={(onData) => onChange({ onData })} aria-label={t('onData')} />
        </h3>
        {when.onData && (
          <>
            <label className={css.row}>
              {t('wait')}
              <InputNumber size="small" disabled={disabled} min={0} max={1440} value={when.wait} onChange={(n) => onChange({ wait: n ?? 0 })} style={{ width: 80 }} />
              {waitMinutes}
            </label>
            <p className="small soft">{waitHelp}</p>
          </>
        )}
      </section>
    </>
  )
}

/** The next times, as the server counts them; or what is wrong with the cron. */
function Upcoming({ cron, zone }: { cron: string; zone: string }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const asked = useDeferredValue(cron)
  const times = useQuery({ ...upcomingQuery(asked, zone), enabled: asked !== '' })
  const words = useErrorText(times.error)
  if (times.isError) return <p className="small" role="alert" style={{ color: 'var(--fail)' }}>{times.error instanceof ApiError && times.error.offline ? words.title : words.brief}</p>
  if (!times.data) return null
  return (
    <div>
      <div className="small soft">{t('upcoming')}</div>
      <ol className={css.times}>
        {times.data.map((at) => (
          <li key={at}>
            <time dateTime={at} className="num">{f.moment(at, zone)}</time>
            <span className="faint">{f.ago(at)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
