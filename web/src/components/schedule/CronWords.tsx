import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import { choiceOf, clock, weekdaysSaid } from './cron'

/** When, in words; as a cron where it is one that can't be chosen. */
export function CronWords({ cron }: { cron: string }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const c = choiceOf(cron)
  const time = clock(c)
  switch (c.often) {
    case 'minutes':
      return <>{t('said.minutes', { n: c.every })}</>
    case 'hourly':
      return <>{t('said.hourly', { n: c.minute })}</>
    case 'daily':
      return <>{t('said.daily', { time })}</>
    case 'weekly':
      return <>{t('said.weekly', { time, days: weekdaysSaid(f.lang, c.days) })}</>
    case 'monthly':
      return <>{c.day === 0 ? t('said.lastDay', { time }) : t('said.monthly', { time, n: c.day })}</>
    case 'raw':
      return <span className="mono">{cron}</span>
  }
}
