import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { packageQuery, packagesQuery } from '@/api/packages'
import type { Signature, Workflow } from '@/api/workflow'
import { componentId, componentRefs } from '../model/connect'

export interface Components {
  /** The newest of each, in the order of the palette. */
  signatures: Signature[]
  /** Other versions, which steps of the workflow pin. */
  pinned: Signature[]
}

/** The components of a project, and those versions of packaged ones that a workflow pins. */
export function useComponents(projectId: string, workflow: Workflow | undefined): UseQueryResult<Components> {
  const entries = useQuery(packagesQuery(projectId))
  const wanted = useMemo(() => {
    const known = new Set((entries.data ?? []).map((e) => componentId(e.signature)))
    const refs = Object.values(workflow?.nodes ?? {}).flatMap(componentRefs)
    return [...new Map(refs.filter((r) => r.name.startsWith('own-') && !known.has(componentId(r))).map((r) => [componentId(r), r])).values()]
  }, [entries.data, workflow])
  // One that is gone or hidden is said at its step; the others are drawn.
  const older = useQueries({ queries: wanted.map((ref) => ({ ...packageQuery(projectId, ref.name, ref.version), enabled: entries.data !== undefined, retry: false })) })
  const loading = older.some((q) => q.isPending && q.fetchStatus !== 'idle')
  const found = older.map((q) => q.data?.signature)
  // An open canvas stays open while another version is fetched.
  const [ready, setReady] = useState(false)
  const complete = entries.data !== undefined && workflow !== undefined && !loading
  useEffect(() => {
    if (complete) setReady(true)
  }, [complete])
  const data = useMemo(
    () => (entries.data && (ready || !loading) ? { signatures: entries.data.map((e) => e.signature), pinned: found.filter((s): s is Signature => s !== undefined) } : undefined),
    // A version never changes: which of them are there says all.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [entries.data, loading, ready, found.map((s) => s && componentId(s)).join()],
  )
  return { ...entries, data } as UseQueryResult<Components>
}
