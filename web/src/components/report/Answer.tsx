import { useFormat } from '@/lib/useFormat'
import { useReport } from './useReport'

/** The answer of a report, in its sentence. */
export function Answer({ runId, className }: { runId: string; className?: string }) {
  const f = useFormat()
  const report = useReport(runId)
  return report.data ? <p className={className}>{f.words(report.data.answer)}</p> : null
}
