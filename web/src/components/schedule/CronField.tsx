import { Checkbox, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import { choiceOf, clock, EVERY, expression, weekday, type Choice, type Often } from './cron'
import css from './schedule.module.css'

const OFTEN: Often[] = ['minutes', 'hourly', 'daily', 'weekly', 'monthly', 'raw']
const EXAMPLE = '0 6 * * MON-FRI'

/** When: chosen, or written as a cron by who wants to. */
export function CronField({ choice, disabled, onChange }: { choice: Choice; disabled: boolean; onChange: (choice: Choice) => void }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const set = (changes: Partial<Choice>) => onChange({ ...choice, ...changes })
  const timed = choice.often === 'daily' || choice.often === 'weekly' || choice.often === 'monthly'
  return (
    <>
      <div className={css.row}>
        <Select
          size="small"
          disabled={disabled}
          aria-label={t('often')}
          value={choice.often}
          onChange={(often) => set({ ...(often === 'raw' ? { raw: expression(choice) } : choice.often === 'raw' && choiceOf(choice.raw).often === often ? choiceOf(choice.raw) : {}), often })}
          options={OFTEN.map((value) => ({ value, label: t(`oftenKind.${value}`) }))}
          style={{ minWidth: 150 }}
        />
        {choice.often === 'minutes' && <Select size="small" disabled={disabled} aria-label={t('everyMinutes')} value={choice.every} onChange={(every) => set({ every })} options={EVERY.map((value) => ({ value, label: t('minutes', { n: value }) }))} style={{ minWidth: 110 }} />}
        {choice.often === 'hourly' && (
          <span className={css.row}>
            {t('atMinute')}
            <InputNumber size="small" disabled={disabled} aria-label={t('atMinute')} min={0} max={59} precision={0} value={choice.minute} onChange={(minute) => set({ minute: minute ?? 0 })} style={{ width: 70 }} />
          </span>
        )}
        {choice.often === 'monthly' && (
          <Select size="small" disabled={disabled} aria-label={t('dayOfMonth')} value={choice.day} onChange={(day) => set({ day })} options={[...Array.from({ length: 31 }, (_, i) => ({ value: i + 1, label: t('day', { n: i + 1 }) })), { value: 0, label: t('lastDay') }]} style={{ minWidth: 110 }} />
        )}
        {timed && (
          <Input
            size="small"
            type="time"
            disabled={disabled}
            aria-label={t('time')}
            value={clock(choice)}
            onChange={(event) => {
              const [hour = NaN, minute = NaN] = event.target.value.split(':').map(Number)
              if (Number.isInteger(hour) && Number.isInteger(minute)) set({ hour, minute })
            }}
            style={{ width: 110 }}
          />
        )}
      </div>
      {choice.often === 'weekly' && (
        <Checkbox.Group disabled={disabled} value={choice.days} onChange={(days) => days.length > 0 && set({ days })} options={[1, 2, 3, 4, 5, 6, 0].map((value) => ({ value, label: weekday(f.lang, value) }))} />
      )}
      {choice.often === 'monthly' && choice.day > 28 && <p className="small soft">{t('shortMonths', { n: choice.day })}</p>}
      {choice.often === 'raw' ? (
        <Input size="small" className="mono" disabled={disabled} aria-label={t('cron')} value={choice.raw} onChange={(event) => set({ raw: event.target.value })} placeholder={EXAMPLE} maxLength={200} />
      ) : (
        <div className="small faint">
          {t('cron')} <span className="mono">{expression(choice)}</span>
        </div>
      )}
      {choice.often === 'raw' && <p className="small faint">{t('cronHelp')}</p>}
    </>
  )
}
