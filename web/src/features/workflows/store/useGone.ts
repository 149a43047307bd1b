import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Workflow } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { componentId } from '../model/connect'
import { useDoc, type DocState } from './document'
import { useWork } from './work'

const SHOWN_S = 8

/** Whether somebody else took an element away in this very change. */
export function takenAway(before: DocState, now: DocState, id: string): boolean {
  const has = (w: Workflow) => Boolean(w.nodes[id] ?? w.notes?.[id] ?? w.frames?.[id])
  // What one does oneself is shown before the server has it.
  return before.session.confirmed !== now.session.confirmed && has(before.session.shown) && !has(now.session.shown)
}

/** Whoever made the newest change of others, where it is known. */
export function byWhom({ news, people }: DocState): string | null {
  return people.find((person) => news?.startsWith(`${person.client}.`))?.user.name ?? null
}

/** When what one has open is removed by somebody else, it is said what and by whom. */
export function useGone(): void {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const { catalog } = useWork()
  const { message } = App.useApp()
  const latest = useRef({ t, f, catalog, message })
  useEffect(() => {
    latest.current = { t, f, catalog, message }
  })
  useEffect(() => {
    let before = doc.store.get()
    return doc.store.subscribe(() => {
      const now = doc.store.get()
      const was = before
      before = now
      const id = was.selection.size === 1 ? [...was.selection][0] : undefined
      if (id === undefined || !takenAway(was, now, id)) return
      const { t, f, catalog, message } = latest.current
      const { nodes, frames } = was.session.shown
      const node = nodes[id]
      const what = node ? f.words(node.label) || f.words(catalog.get(componentId(node.component))?.title) || node.component.name : f.words(frames?.[id]?.title) || t('note.new')
      const name = byWhom(now)
      void message.warning(name === null ? t('gone.somebody', { what }) : t('gone.by', { what, name: f.inside(name) }), SHOWN_S)
      doc.select([])
    })
  }, [doc])
}
