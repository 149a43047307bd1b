import { useQuery } from '@tanstack/react-query'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { Run } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import type { Report } from '@/components/report/document'
import { formatInterval, formatNumber } from '@/components/report/numbers'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './Home.module.css'

function useReport(run_id: string) {
  return useQuery({
    queryKey: keys.report(run_id),
    queryFn: () => callAs<Report>(api.GET('/api/v1/runs/{run_id}/report', { params: { path: { run_id } } })),
    staleTime: Infinity,
  })
}

/** The answer of a report, in its sentence. */
export function Answer({ runId }: { runId: string }) {
  const f = useFormat()
  const report = useReport(runId)
  return report.data ? <p>{f.words(report.data.answer)}</p> : null
}

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
