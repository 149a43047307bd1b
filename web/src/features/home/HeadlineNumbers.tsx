import type { Run } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { formatInterval, formatNumber } from '@/components/report/numbers'
import { useReport } from '@/components/report/useReport'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './Home.module.css'

/** The first numbers of the newest report; each leads to where it comes from. */
export function HeadlineNumbers({ run, projectId }: { run: Run; projectId: string }) {
  const f = useFormat()
  const report = useReport(run.id)
  return (
    <>
      {(report.data?.headline ?? []).slice(0, 3).map((item) => (
        <AppLink key={item.id} href={urls.run(projectId, run.id)} className={css.number} title={f.words(item.help)}>
          <div className={css.label}>{f.words(item.label)}</div>
          <div className={css.value}>{formatNumber(f.lang, item.value)}</div>
          <div className={css.sub}>{formatInterval(f.lang, item.value) ?? f.words(report.data?.title)}</div>
        </AppLink>
      ))}
    </>
  )
}
