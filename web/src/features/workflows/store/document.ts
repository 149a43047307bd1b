// The open document: what is drawn, what is chosen, and every change of it.
import { createContext, useContext } from 'react'
import type { Edit, Known, NodeState, Person, PortKind, Problem, PortRef, Text, Workflow } from '@/api/workflow'
import { createStore, useStore, type Store } from '@/lib/store'
import { NO_HISTORY, remember, take, turned, type History } from '../model/history'
import { edited, open, type Session } from '../model/session'

/** Whether the server has everything. */
type SyncState = 'saved' | 'saving' | 'offline' | 'refused'

export interface Connecting extends PortRef {
  kind: PortKind
  input: boolean
}

export interface DocState {
  session: Session
  history: History
  sync: SyncState
  /** Why the server takes no changes any more. */
  syncError: unknown
  /** Changes that no longer applied, told once. */
  refused: Text[]
  /** Ids of nodes, notes, frames and connections. */
  selection: ReadonlySet<string>
  connecting: Connecting | null
  people: Person[]
  /** Nodes being dragged lie here until they are let go. */
  moving: ReadonlyMap<string, { x: number; y: number }> | null
  /** What the newest check found, by node; null before the first. */
  facts: Facts | null
  /** How it stands with each step of which something is known. */
  standing: Record<string, NodeState>
  /** Under which name the newest change of others came: that of their window, and a number behind it. */
  news: string | null
  /** What is open on top of the canvas. */
  quick: Quick | null
  dialog: 'save' | 'versions' | 'connect' | 'help' | 'run' | 'package' | 'publish' | 'bring' | null
  palette: boolean
  /** How closely one looks: far away only what can be seen is drawn. */
  level: 'near' | 'far' | 'tiny'
  /** How high the results are. */
  resultsHeight: number
  map: boolean
  /** The newest version that somebody saved, told by the server. */
  version: number | null
  /** The run under way, told by the server. */
  run: string | null
}

export interface Doc {
  store: Store<DocState>
  readonly: boolean
  workflow(): Workflow
  /** Makes a change as one step of undo. */
  edit(edits: Edit[]): void
  undo(): void
  redo(): void
  select(ids: Iterable<string>): void
  /** Told after each change made here. */
  onEdit: () => void
}

/** Where a step is about to be added, and what it is to be connected to. */
export interface Quick {
  /** On the canvas. */
  at: { x: number; y: number }
  from: Connecting | null
}

/** What a check found, kept by node so that a node is drawn anew only when its own facts change. */
export interface Facts {
  problems: Record<string, Problem[]>
  /** Problems of the workflow as a whole. */
  general: Problem[]
  known: Record<string, Known>
}

const NOTHING: ReadonlySet<string> = new Set()

export function openDocument(workflow: Workflow, revision: number, readonly: boolean): Doc {
  const store = createStore<DocState>({
    session: open(workflow, revision), history: NO_HISTORY, sync: 'saved', syncError: null, refused: [], selection: NOTHING,
    connecting: null, people: [], moving: null, facts: null, standing: {}, news: null, quick: null, dialog: null, palette: true, level: 'near', resultsHeight: Math.min(340, Math.round(window.innerHeight * 0.4)), map: true, version: null, run: null,
  })
  const turn = (which: 'undo' | 'redo') => {
    const state = store.get()
    const taken = take(state.history, which)
    if (!taken) return
    const { session, undo } = edited(state.session, taken.step.edits)
    store.set({ session, history: turned(taken.rest, which, undo) })
    // What others have removed since can't be taken back: on to the step before.
    if (undo.length === 0) turn(which)
    else doc.onEdit()
  }
  const doc: Doc = {
    store,
    readonly,
    workflow: () => store.get().session.shown,
    edit: (edits) => {
      if (readonly || edits.length === 0) return
      const state = store.get()
      const { session, undo } = edited(state.session, edits)
      if (undo.length === 0) return
      store.set({ session, history: remember(state.history, undo, Date.now()) })
      doc.onEdit()
    },
    undo: () => turn('undo'),
    redo: () => turn('redo'),
    select: (ids) => {
      const next = new Set(ids)
      const now = store.get().selection
      if (next.size === now.size && [...next].every((id) => now.has(id))) return
      store.set({ selection: next })
    },
    onEdit: () => undefined,
  }
  return doc
}

const DocContext = createContext<Doc | null>(null)
export const DocProvider = DocContext.Provider

export function useDoc(): Doc {
  const doc = useContext(DocContext)
  if (!doc) throw new Error('no document is open')
  return doc
}

/** A part of the open document; the selector gives something that stays the same while its part does. */
export function useDocPart<R>(select: (state: DocState) => R): R {
  return useStore(useDoc().store, select)
}

const shown = (state: DocState) => state.session.shown
export const useWorkflow = (): Workflow => useDocPart(shown)

const onlyOne = (state: DocState) => (state.selection.size === 1 ? ([...state.selection][0] ?? null) : null)
/** The one element that is chosen. */
export const useSelected = (): string | null => useDocPart(onlyOne)
