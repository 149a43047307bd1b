// Brings changes to the server and those of others here. Nothing made here is
// lost, and nothing is sent twice: each batch has a name under which the server
// tells of it, so that after a lost answer one looks before one sends again.
import { ApiError } from '@/api/client'
import type { Stale } from '@/api/schedules'
import { sendEdits, type WorkflowDetail } from '@/api/workflow'
import { dropped, received, reopened, reset, sent, unsent } from '../model/session'
import { NO_HISTORY } from '../model/history'
import type { Doc } from './document'
import { startKeeping, type Batch, type Kept } from './kept'
import { listen } from './listen'
import { startPresence } from './presence'
import { wasTold } from './told'

const FLUSH_MS = 180
const RETRY_MS = [1000, 2000, 4000, 8000, 15000]

interface Options {
  assetId: string
  /** Names this window; never the same again. */
  client: string
  /** Whose changes these are: nobody else's session sends them. */
  person: string
  /** Whether this person is still the one who is signed in. */
  signedIn: () => boolean
  /** Reads the document as the server has it now, past every cache. */
  reload: () => Promise<WorkflowDetail>
  /** The session has ended. */
  onExpired?: () => void
  /** Told what is out of date. */
  onStale?: (stale: Stale) => void
  /** Somebody said something. */
  onThreads?: () => void
}

export interface Sync {
  /**
   * Done when the server has everything. Ends with the error `not_saved` where it
   * takes no changes; without a connection it waits until `signal` gives it up.
   */
  flush(signal?: AbortSignal): Promise<void>
  /** Sends again what was refused. */
  retry(): void
  /** Throws away what the server doesn't have. */
  discard(): void
  pointer(x: number, y: number): void
  stop(): void
}

/** A batch on its way: its answer is waited for, or it is to be found out whether it arrived, or it did and the document is to be read. */
type Sending = Batch & { phase: 'asked' | 'unsure' | 'there' }

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

/** No answer came, or none that says that nothing was done. */
const unclear = (error: unknown) => !(error instanceof ApiError) || error.offline || error.status === 408 || error.status >= 500
/** Asking again later may help. */
const passing = (error: unknown) => unclear(error) || (error instanceof ApiError && error.status === 429)

export function givenUp(): DOMException {
  return new DOMException('', 'AbortError')
}

export function startSync(doc: Doc, options: Options): Sync {
  const { assetId, client, person, signedIn, reload, onExpired, onStale, onThreads } = options
  const { store } = doc
  const stopping = new AbortController()
  const stopped = () => stopping.signal.aborted
  const session = () => store.get().session
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  let count = 0
  let busy = false
  let batch: Sending | null = null
  // Why nothing is sent until somebody wants it.
  let held: unknown = null
  // The document is to be read anew, and `anew` even where it is older than what is known.
  let behind: 'no' | 'again' | 'anew' = 'no'
  const waiters = new Set<Waiter>()

  const current = () => batch
  const missing = () => session().queue.length + (batch && batch.phase !== 'there' ? batch.edits.length : 0)
  const keep = () => {
    const way = batch && batch.phase !== 'there' ? { key: batch.key, base: batch.base, edits: batch.edits } : null
    keeper.keep({ batch: way, queue: session().queue })
  }
  const settle = () => {
    keep()
    if (missing() > 0) return
    tries = 0
    held = null
    store.set({ sync: 'saved', syncError: null })
    for (const waiter of waiters) waiter.resolve()
    waiters.clear()
  }
  const later = (ms: number) => {
    clearTimeout(timer)
    if (!stopped()) timer = setTimeout(() => void go(), ms)
  }
  const waits = () => {
    // It did not get there, and is sent again before what came after it.
    batch = null
    store.set({ session: unsent(session()) })
    keep()
  }

  /** Does what is to be done next, one thing at a time, until nothing is or something stands against it. */
  async function go(): Promise<void> {
    if (busy) return
    busy = true
    try {
      for (;;) {
        if (stopped() && (!signedIn() || held || batch)) break
        if ((behind !== 'no' || batch?.phase === 'there') && !stopped()) await read()
        else if (held) break
        else if (batch) await inquire(batch)
        else if (session().queue.length > 0 && signedIn()) await send()
        else break
      }
    } catch (error) {
      failed(error)
    } finally {
      busy = false
      if (stopped()) keeper.close()
    }
  }

  async function send(): Promise<void> {
    store.set({ session: sent(session()), sync: 'saving' })
    const mine: Sending = { key: `${client}.${(count += 1)}`, base: session().revision, edits: session().sending, phase: 'asked' }
    batch = mine
    keep()
    let answer
    try {
      answer = await sendEdits(assetId, { client: mine.key, base: mine.base, edits: mine.edits })
    } catch (error) {
      // It did get there, as the stream has told: only the answer was lost.
      if (current() !== mine || mine.phase === 'there') return settle()
      if (unclear(error)) mine.phase = 'unsure'
      else waits()
      throw error
    }
    tries = 0
    const gone = new Set(answer.refused.map((r) => r.index))
    if (gone.size) store.set((old) => ({ refused: [...old.refused, ...answer.refused.map((r) => r.message)] }))
    if (current() === mine && mine.phase === 'asked') {
      const accepted = mine.edits.filter((_, index) => !gone.has(index))
      // Only where nobody else came between is what was sent all that is new: what is sent at once is one revision.
      const alone = session().revision + (accepted.length > 0 ? 1 : 0) === answer.revision
      if (alone || stopped()) {
        batch = null
        store.set({ session: received(session(), accepted, answer.revision, true) })
      } else mine.phase = 'there'
    }
    settle()
  }

  /** Reads the document; what arrived is in it. */
  async function read(): Promise<void> {
    const way = batch
    const arrived = way?.phase === 'there'
    const detail = await reload()
    if (behind === 'anew') store.set({ session: reopened(session(), detail.workflow, detail.revision) })
    else store.set({ session: reset(session(), detail.workflow, detail.revision, arrived && current() === way) })
    if (arrived && current() === way) batch = null
    behind = 'no'
    settle()
  }

  /** Finds out whether a batch arrived whose answer was lost. */
  async function inquire(way: Sending): Promise<void> {
    const there = await arrived(way)
    // The stream may have told it by now.
    if (current() !== way || way.phase !== 'unsure') return
    if (!there) return waits()
    way.phase = 'there'
    settle()
  }

  async function arrived(one: Batch): Promise<boolean> {
    const { revision } = await reload()
    // Nobody remembers so far back after days: then what still changes something is sent.
    return (await wasTold(assetId, one, revision, stopping.signal)) ?? false
  }

  function failed(error: unknown): void {
    if (stopped()) return
    // Where the server has everything, it is only to be read anew.
    if (missing() === 0) return later(pause())
    store.set({ sync: passing(error) ? 'offline' : 'refused', syncError: error })
    if (passing(error)) return later(pause())
    held = error
    tries = 0
    if (error instanceof ApiError && error.status === 401) onExpired?.()
    if (error instanceof ApiError && error.status === 409) behind = 'anew'
    for (const waiter of waiters) waiter.reject(new ApiError(409, 'not_saved', '', error instanceof ApiError ? error.requestId : null))
    waiters.clear()
  }
  const pause = () => RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)] ?? 15_000

  const askAgain = () => {
    held = null
    later(0)
  }

  doc.onEdit = () => {
    keep()
    if (store.get().sync === 'saved') store.set({ sync: 'saving' })
    held = null
    if (tries === 0) later(FLUSH_MS)
  }

  /** Changes that a window of this person left behind: whether they are this one's now. */
  const takeOver = async (left: Kept): Promise<boolean> => {
    if (doc.readonly) return false
    let there = false
    for (let tried = 0; left.batch && !stopped(); tried += 1) {
      try {
        there = await arrived(left.batch)
        break
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(tried, RETRY_MS.length - 1)]))
      }
    }
    if (stopped()) return false
    doc.edit([...(left.batch && !there ? left.batch.edits : []), ...left.queue])
    return true
  }

  const presence = startPresence(doc, assetId, client)
  const keeper = startKeeping({ person, assetId, client, onLeft: takeOver })
  const online = () => {
    if (missing() > 0 && !held) later(0)
  }
  const close = listen(assetId, client, session().revision, online, {
    edits: (event) => {
      const mine = batch?.key === event.client ? batch : null
      // News are laid on what they follow; where some are missing, all is read.
      if (event.revision > session().revision + 1) {
        if (mine) mine.phase = 'there'
        if (behind === 'no') behind = 'again'
        later(0)
      } else {
        store.set({ session: received(session(), event.edits, event.revision, mine !== null), ...(mine ? {} : { news: event.client }) })
        if (mine) batch = null
      }
      if (mine) settle()
    },
    again: () => {
      if (behind === 'no') behind = 'again'
      later(0)
    },
    presence: (event) => store.set({ people: event.people.filter((p) => p.client !== client) }),
    version: (event) => store.set({ version: event.seq }),
    stale: (event) => onStale?.(event),
    threads: () => onThreads?.(),
    run: (event) => store.set({ run: event.run_id }),
  })

  const leaving = (event: BeforeUnloadEvent) => {
    if (missing() > 0) event.preventDefault()
  }
  window.addEventListener('online', online)
  window.addEventListener('beforeunload', leaving)
  return {
    flush: (signal) => {
      if (signal?.aborted || stopped()) return Promise.reject(givenUp())
      if (missing() === 0) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const waiter = { resolve, reject }
        waiters.add(waiter)
        signal?.addEventListener('abort', () => {
          waiters.delete(waiter)
          reject(givenUp())
        })
        askAgain()
      })
    },
    retry: askAgain,
    discard: () => {
      batch = null
      store.set({ session: dropped(session()), history: NO_HISTORY })
      behind = 'anew'
      settle()
      later(0)
    },
    pointer: (x, y) => presence.pointer(x, y),
    stop: () => {
      stopping.abort()
      clearTimeout(timer)
      presence.stop()
      close()
      window.removeEventListener('online', online)
      window.removeEventListener('beforeunload', leaving)
      for (const waiter of waiters) waiter.reject(givenUp())
      waiters.clear()
      // What waits still goes on its way, if nothing stands against it.
      void go()
    },
  }
}
