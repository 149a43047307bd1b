// Brings changes to the server and those of others here. Nothing made here is
// lost: what did not get there is kept in this browser and sent again.
import { ApiError } from '@/api/client'
import type { Stale } from '@/api/schedules'
import { eventsUrl, sendEdits, sendPresence, type Edit, type Person, type WorkflowDetail } from '@/api/workflow'
import { received, reset, sent, unsent, waiting } from '../model/session'
import type { Doc } from './document'

const FLUSH_MS = 180
const PRESENCE_MS = 150
const RETRY_MS = [1000, 2000, 4000, 8000, 15000]

interface Options {
  assetId: string
  client: string
  reload: () => Promise<WorkflowDetail>
  /** Told what is out of date. */
  onStale?: (stale: Stale) => void
  /** Somebody said something. */
  onThreads?: () => void
}

const keptUnder = (assetId: string) => `tandem.workflow.${assetId}`

/** Changes that an earlier visit could not send. */
function kept(assetId: string): Edit[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keptUnder(assetId)) ?? '[]')
    return Array.isArray(value) ? (value as Edit[]) : []
  } catch {
    return []
  }
}

export interface Sync {
  /** Sends what waits now, and is done when the server has everything. */
  flush(): Promise<void>
  pointer(x: number, y: number): void
  stop(): void
}

export function startSync(doc: Doc, { assetId, client, reload, onStale, onThreads }: Options): Sync {
  const { store } = doc
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  // One request at a time: until its answer is here nothing else goes on its way, whatever the stream has told by then.
  let asking = false
  let echoed = false
  let idle: (() => void)[] = []
  const session = () => store.get().session
  const keep = () => {
    const { sending, queue } = session()
    if (sending.length + queue.length === 0) localStorage.removeItem(keptUnder(assetId))
    else localStorage.setItem(keptUnder(assetId), JSON.stringify([...sending, ...queue]))
  }
  const settle = () => {
    keep()
    if (waiting(session()) > 0) return
    store.set({ sync: 'saved', syncError: null })
    idle.forEach((done) => done())
    idle = []
  }
  const later = (ms: number) => {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), ms)
  }

  const refresh = async (arrived: boolean) => {
    const detail = await reload()
    if (!stopped) store.set({ session: reset(session(), detail.workflow, detail.revision, arrived) })
  }

  const again = (arrived: boolean): void => {
    refresh(arrived).then(settle, () => {
      if (!stopped) setTimeout(() => !stopped && again(arrived), RETRY_MS[0] ?? 1000)
    })
  }

  async function flush(): Promise<void> {
    if (asking || session().sending.length > 0 || session().queue.length === 0) return
    store.set({ session: sent(session()), sync: 'saving' })
    keep()
    const edits = session().sending
    echoed = false
    asking = true
    try {
      const answer = await sendEdits(assetId, { client, base: session().revision, edits })
      tries = 0
      const gone = new Set(answer.refused.map((r) => r.index))
      if (gone.size) store.set((old) => ({ refused: [...old.refused, ...answer.refused.map((r) => r.message)] }))
      if (!echoed) {
        const accepted = edits.filter((_, index) => !gone.has(index))
        // Only where nobody else came between is what was sent all that is new: what is sent at once is one revision.
        if (session().revision + (accepted.length > 0 ? 1 : 0) === answer.revision) store.set({ session: received(session(), accepted, answer.revision, true) })
        else await refresh(true)
      }
      settle()
      asking = false
      if (session().queue.length > 0) later(0)
    } catch (error) {
      asking = false
      // It did get there, as the stream has told: only the answer was lost.
      if (echoed) {
        tries = 0
        settle()
        if (session().queue.length > 0) later(0)
        return
      }
      store.set({ session: unsent(session()) })
      keep()
      const api = error instanceof ApiError ? error : null
      const passing = api && (api.offline || api.status >= 500 || api.status === 429 || api.status === 401)
      store.set({ sync: passing ? 'offline' : 'refused', syncError: error })
      if (passing) later(RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)] ?? 15000)
    }
  }

  doc.onEdit = () => {
    keep()
    if (store.get().sync === 'saved') store.set({ sync: 'saving' })
    if (tries === 0) later(FLUSH_MS)
  }

  const source = new EventSource(eventsUrl(assetId, client))
  source.onopen = () => {
    // Between reading the document and listening, somebody may have been at work.
    void refresh(false).catch(() => undefined)
    if (waiting(session()) > 0) later(0)
  }
  const on = <T>(name: string, handle: (data: T) => void) =>
    source.addEventListener(name, (event) => {
      try {
        handle(JSON.parse((event as MessageEvent<string>).data) as T)
      } catch {
        // What can't be read is not for this page.
      }
    })
  on<{ client: string; revision: number; edits: Edit[] }>('edits', (event) => {
    // What was told of already, as by the answer, is not what is on its way now.
    const mine = event.client === client && session().sending.length > 0 && event.revision > session().revision
    if (mine) echoed = true
    // News are laid on what they follow; where some are missing, all is read.
    if (event.revision > session().revision + 1) return again(mine)
    store.set({ session: received(session(), event.edits, event.revision, mine) })
    if (mine) settle()
  })
  on<{ revision: number }>('again', () => void refresh(false).catch(() => undefined))
  on<{ people: Person[] }>('presence', (event) => store.set({ people: event.people.filter((p) => p.client !== client) }))
  on<{ seq: number }>('version', (event) => store.set({ version: event.seq }))
  on<Stale>('stale', (event) => onStale?.(event))
  on<object>('threads', () => onThreads?.())
  on<{ run_id: string }>('run', (event) => store.set({ run: event.run_id }))

  // Where one points and what one has chosen, for the others.
  let place = { x: 0, y: 0 }
  let told = ''
  let presence: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    presence ??= setTimeout(() => {
      presence = undefined
      const selected = [...store.get().selection].filter((id) => id in doc.workflow().nodes)
      const text = JSON.stringify([place, selected])
      if (stopped || text === told) return
      told = text
      void sendPresence(assetId, { client, ...place, selected }).catch(() => undefined)
    }, PRESENCE_MS)
  }
  let chosen = store.get().selection
  const unsubscribe = store.subscribe(() => {
    if (store.get().selection === chosen) return
    chosen = store.get().selection
    tell()
  })
  const online = () => later(0)
  const leaving = (event: BeforeUnloadEvent) => {
    if (waiting(session()) > 0 && store.get().sync !== 'saved') event.preventDefault()
  }
  window.addEventListener('online', online)
  window.addEventListener('beforeunload', leaving)
  if (!doc.readonly) {
    const old = kept(assetId)
    if (old.length) doc.edit(old)
  }
  return {
    flush: async () => {
      if (waiting(session()) === 0) return
      const done = new Promise<void>((resolve) => idle.push(resolve))
      later(0)
      await done
    },
    pointer: (x, y) => {
      place = { x: Math.round(x), y: Math.round(y) }
      tell()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      clearTimeout(presence)
      unsubscribe()
      source.close()
      window.removeEventListener('online', online)
      window.removeEventListener('beforeunload', leaving)
      if (waiting(session()) > 0 && session().sending.length === 0)
        void sendEdits(assetId, { client, base: session().revision, edits: session().queue }).then(() => localStorage.removeItem(keptUnder(assetId)), () => undefined)
    },
  }
}
