import { useTranslation } from 'react-i18next'
import type { Run } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago } from '@/components/bits'
import type { ChartBlock, Report } from '@/components/report/document'
import { ReportChart } from '@/components/report/ReportChart'
import { useReport } from '@/components/report/useReport'
import { useRunName } from '@/components/useRunName'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './Home.module.css'

/** The picture that carries the answer: the first of the report. */
function firstChart(report: Report): ChartBlock | undefined {
  for (const section of report.sections) {
    for (const block of section.blocks) if (block.type === 'chart') return block
  }
  return undefined
}

/** The newest report: its answer, and the picture that carries it. */
export function NewestReport({ run, projectId }: { run: Run; projectId: string }) {
  const { t } = useTranslation(['home', 'common'])
  const f = useFormat()
  const runName = useRunName()
  const report = useReport(run.id)
  const chart = report.data && firstChart(report.data)
  const href = urls.run(projectId, run.id)
  return (
    <section className={css.newest} aria-label={t('newest')}>
      <div>
        <p className="small faint">{t('newest')}</p>
        <h2>
          <AppLink href={href}>{runName(run)}</AppLink>
        </h2>
        <p className={css.answer}>{report.data && f.words(report.data.answer)}</p>
        <p className="small faint">
          {run.inputs.map((i) => `${i.asset?.name ?? t('common:state.hidden')} v${i.seq}`).join(', ')} · <Ago at={run.finished_at ?? run.created_at} />
        </p>
        <AppLink href={href} className={css.read}>
          {t('read')} →
        </AppLink>
      </div>
      <div className={css.picture}>{chart && <ReportChart chart={chart} />}</div>
    </section>
  )
}
