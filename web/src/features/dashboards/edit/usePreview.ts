import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { previewQuery, type Dashboard, type DashboardPage, type Figure } from '@/api/dashboards'
import type { Signature } from '@/api/workflow'
import { signatureParams } from '@/components/form/params'
import { isShown, lacking, wellsOf, type Well } from '../model/wells'
import { finished } from './useBuilder'

const DELAY = 350

/** The wells that a figure waits for; null where its component isn't there. */
export function waitsFor(figure: Figure, signatures: readonly Signature[]): Well[] | null {
  const signature = signatures.find((s) => s.name === figure.component)
  if (!signature) return null
  const values = figure.params ?? {}
  const params = signatureParams(signature)
  return lacking(wellsOf(signature).filter((well) => isShown(well, params, values)), values)
}

/** What is computed of a page: its figures as far as they can be, without the words around them. */
function computable(doc: Dashboard, page: DashboardPage, signatures: readonly Signature[]): Dashboard {
  const blocks = page.blocks.flatMap((block) => {
    if ('text' in block.shows || waitsFor(block.shows.figure, signatures)?.length !== 0) return []
    return [{ id: block.id, span: block.span, shows: { figure: finished(block.shows.figure) } }]
  })
  const used = new Set([...blocks.map((b) => b.shows.figure.source), ...doc.filters.flatMap((filter) => filter.sources)])
  const sources = Object.fromEntries(Object.entries(doc.sources).filter(([name]) => used.has(name)))
  return { format: doc.format, sources, filters: doc.filters, pages: [{ id: page.id, title: { en: 'page', 'zh-CN': 'page' }, blocks }] }
}

/** The page as it would be read, a moment after the last change; what is no longer wanted is cancelled. */
export function usePreview(projectId: string, doc: Dashboard, page: DashboardPage | undefined, signatures: readonly Signature[], drill: Record<string, (string | null)[]>) {
  const wanted = useMemo(() => (page ? computable(doc, page, signatures) : null), [doc, page, signatures])
  const text = JSON.stringify(wanted)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DELAY)
    return () => clearTimeout(timer)
  }, [text])
  const asked = useMemo(() => JSON.parse(settled) as Dashboard | null, [settled])
  const there = asked?.pages[0]
  const here = useMemo(() => Object.fromEntries(Object.entries(drill).filter(([block]) => there?.blocks.some((b) => b.id === block))), [drill, there])
  const query = useQuery({
    ...previewQuery(projectId, asked ?? { format: 1, sources: {}, filters: [], pages: [] }, there?.id ?? '', { drill: here }),
    enabled: (there?.blocks.length ?? 0) > 0,
    placeholderData: keepPreviousData,
    retry: false,
  })
  return { query, pending: text !== settled || query.isFetching }
}
