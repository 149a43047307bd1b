// How it stands with each step, kept in the document by step, so that a step is
// drawn anew only when its own standing changes.
import { useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { staleQuery } from '@/api/schedules'
import { runNodesQuery, statesQuery, type NodeState, type RunStates } from '@/api/workflow'
import { standings } from '../model/standing'
import { useDoc, useDocPart, useWorkflow, type DocState } from './document'
import { useWork } from './work'

/** Keeps what stands at the steps up to date; mounted once for an open document. */
export function useStandings(assetId: string): void {
  const doc = useDoc()
  const { live, catalog } = useWork()
  const workflow = useWorkflow()
  const states = useQuery({ ...statesQuery(assetId), enabled: live }).data
  const marks = useQuery({ ...staleQuery(assetId), enabled: live, retry: false }).data?.nodes
  const runs = useMemo(() => [...new Set(Object.values(marks ?? {}).flatMap((m) => m.run_id ?? []))].sort(), [marks])
  // A run that has ended stays as it is; of one that may not be looked into nothing is told.
  const told = useQueries({
    queries: runs.map((run) => ({ ...runNodesQuery(run), enabled: live, retry: false, staleTime: Infinity })),
    combine: (all) => all.map((one) => one.data),
  })
  const found = useMemo(() => {
    if (!live || !states) return {}
    const made = new Map<string, RunStates | undefined>(runs.map((run, at) => [run, told[at]]))
    return standings(workflow, catalog, { states: states.nodes, running: states.run_id !== null, marks: marks ?? {}, made: (run, node) => made.get(run)?.nodes[node] })
  }, [live, workflow, catalog, states, marks, runs, told])
  useEffect(() => {
    doc.store.set(({ standing: before }) => {
      const same = (id: string) => before[id] !== undefined && JSON.stringify(before[id]) === JSON.stringify(found[id])
      const now = Object.fromEntries(Object.entries(found).map(([id, state]) => [id, (same(id) && before[id]) || state]))
      const all = Object.keys(now)
      return all.length === Object.keys(before).length && all.every((id) => now[id] === before[id]) ? {} : { standing: now }
    })
  }, [doc, found])
}

/** How it stands with one step; nothing else makes its reader draw anew. */
export function useStanding(node: string): NodeState | undefined {
  return useDocPart((s: DocState) => s.standing[node])
}
