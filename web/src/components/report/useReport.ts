import { useQuery } from '@tanstack/react-query'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { Report } from './document'

/** The report that a run made. It never changes. */
export function useReport(run_id: string) {
  return useQuery({
    queryKey: keys.report(run_id),
    queryFn: () => callAs<Report>(api.GET('/api/v1/runs/{run_id}/report', { params: { path: { run_id } } })),
    staleTime: Infinity,
  })
}
