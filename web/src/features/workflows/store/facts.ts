// What the server says of the document as it is drawn: problems and columns by
// node, asked again a moment after something changed that matters.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { keys } from '@/api/keys'
import { checkWorkflow, type Checked, type Workflow } from '@/api/workflow'
import { useDoc, useWorkflow, type Facts } from './document'

const PAUSE_MS = 250

/** What decides about results and problems: all but places, names, notes and frames. */
export function digest(w: Workflow): string {
  const nodes = Object.entries(w.nodes).map(([id, n]) => [id, n.component.name, n.component.version, n.params ?? {}, n.seed ?? null])
  const text = JSON.stringify([nodes, w.edges, w.params ?? {}, w.inputs ?? {}, w.outputs ?? {}])
  // cyrb53: a key of the cache, nothing more.
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
}

/** Found things by node; what did not change since stays the very same object. */
export function byNode(checked: Checked, before: Facts | null): Facts {
  const problems: Facts['problems'] = {}
  const general: Facts['general'] = []
  for (const problem of checked.problems) {
    if (problem.at.node === undefined) general.push(problem)
    else (problems[problem.at.node] ??= []).push(problem)
  }
  const kept = <T>(now: Record<string, T>, old: Record<string, T> | undefined) => {
    for (const id of Object.keys(now)) {
      const was = old?.[id]
      if (was !== undefined && JSON.stringify(was) === JSON.stringify(now[id])) now[id] = was
    }
    return now
  }
  return { general, problems: kept(problems, before?.problems), known: kept({ ...checked.nodes }, before?.known) }
}

/** Keeps the document's facts up to date; mounted once for an open document. */
export function useFacts(projectId: string): void {
  const doc = useDoc()
  const workflow = useWorkflow()
  const [asked, setAsked] = useState(() => ({ workflow, key: digest(workflow) }))
  useEffect(() => {
    const timer = setTimeout(() => {
      const key = digest(workflow)
      setAsked((old) => (old.key === key ? old : { workflow, key }))
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [workflow])
  const check = useQuery({
    queryKey: keys.check(projectId, asked.key),
    queryFn: ({ signal }) => checkWorkflow(projectId, asked.workflow, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  })
  const data = check.data
  useEffect(() => {
    if (data) doc.store.set((old) => ({ facts: byNode(data, old.facts) }))
  }, [doc, data])
}
