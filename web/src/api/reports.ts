// Reports of runs as files.
import type { ReportFormat } from '@/lib/reportFormats'
import { files } from '@/lib/urls'
import { rawFetch } from './client'

/** The report of a run as a file, in one language. */
export async function exportReport(run_id: string, format: ReportFormat, lang: string, signal: AbortSignal): Promise<Blob> {
  const answer = await rawFetch(files.report(run_id, format, lang), { signal })
  return answer.blob()
}

/** An output of a workflow's run that is a page, as a file. */
export async function exportOutput(run_id: string, output: string, format: ReportFormat, lang: string, signal: AbortSignal): Promise<Blob> {
  const answer = await rawFetch(files.output(run_id, output, format, lang), { signal })
  return answer.blob()
}
