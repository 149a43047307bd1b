import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { runQuery } from '@/api/queries'
import { QueryView } from '@/components/QueryView'
import { Loading } from '@/components/states'
import { usePath } from '@/lib/router'

const RunPage = lazy(() => import('@/features/report/RunPage').then((m) => ({ default: m.RunPage })))
const WorkflowRunPage = lazy(() => import('@/features/workflows/run/RunPage').then((m) => ({ default: m.RunPage })))

/** A run at its page: that of a workflow has one of its own. */
export function RunGate() {
  const run = useQuery(runQuery(decodeURIComponent(usePath().split('/')[4] ?? '')))
  return <QueryView query={run}>{(data) => <Suspense fallback={<Loading />}>{data.kind === 'workflow' ? <WorkflowRunPage /> : <RunPage />}</Suspense>}</QueryView>
}
