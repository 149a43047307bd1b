// Changes that the server may not have yet, kept in this browser: under the
// person who made them, so that nobody else sends them, and under the window, so
// that two windows don't overwrite each other's. What a window left behind is
// taken over by the next one of the same person at the same workflow.
import type { Edit } from '@/api/workflow'

/** Edits that went on their way together. The server tells of them under `key`, in revisions behind `base`. */
export interface Batch {
  key: string
  base: number
  edits: Edit[]
}

export interface Kept {
  /** On its way: whether it arrived is not known. */
  batch: Batch | null
  /** Not sent yet. */
  queue: Edit[]
}

interface Entry extends Kept {
  /** When it was written, in milliseconds since 1970. */
  at: number
  /** Whether its window has gone. */
  left: boolean
}

interface Options {
  person: string
  assetId: string
  /** Names this window. */
  client: string
  /** Takes over what a window left; true once it needs to be kept there no longer. */
  onLeft: (left: Kept) => Promise<boolean>
}

export interface Keeper {
  keep(what: Kept): void
  /** Lets go: what is still kept is for the next window. */
  close(): void
}

const PREFIX = 'tandem.edits.'
/** Where they were kept before anybody's name stood beside them: nobody may send those. */
const NAMELESS = 'tandem.workflow.'
const DAY = 86_400_000
const OLD = 30 * DAY

/** Entries that this page holds. */
const held = new Set<string>()

function read(name: string): Entry | null {
  try {
    const value = JSON.parse(localStorage.getItem(name) ?? 'null') as Partial<Entry> | null
    if (!value || typeof value.at !== 'number' || !Array.isArray(value.queue)) return null
    return { batch: value.batch ?? null, queue: value.queue, at: value.at, left: value.left === true }
  } catch {
    return null
  }
}

function write(name: string, entry: Entry): void {
  try {
    localStorage.setItem(name, JSON.stringify(entry))
  } catch {
    // The browser has no room for it. The changes stay on the page, which asks before it is left.
  }
}

const names = () => Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '')

/** Throws away what is too old to be wanted, can't be read, or is nobody's. */
function sweep(now: number): void {
  for (const name of names()) {
    if (name.startsWith(NAMELESS)) localStorage.removeItem(name)
    if (!name.startsWith(PREFIX)) continue
    const entry = read(name)
    if (!entry || now - entry.at > OLD) localStorage.removeItem(name)
  }
}

/** Those that other windows of this person wrote at this workflow. */
const others = (person: string, assetId: string, own: string) => names().filter((name) => name.startsWith(`${PREFIX}${person}.${assetId}.`) && name !== own)

/** Changes that were left here by this person at this workflow, oldest first. */
export function leftBehind(person: string, assetId: string): Edit[] {
  const entries = others(person, assetId, '').flatMap((name) => read(name) ?? [])
  return entries.sort((a, b) => a.at - b.at).flatMap((entry) => [...(entry.batch?.edits ?? []), ...entry.queue])
}

/** Throws away what was left here by this person at this workflow. */
export function throwAway(person: string, assetId: string): void {
  for (const name of others(person, assetId, '')) localStorage.removeItem(name)
}

window.addEventListener('pagehide', () => {
  for (const name of held) {
    const entry = read(name)
    if (entry) write(name, { ...entry, left: true })
  }
})
window.addEventListener('pageshow', (event) => {
  // Brought back as it was, while another window may have taken over what it held.
  if (event.persisted && [...held].some((name) => read(name))) window.location.reload()
})

export function startKeeping({ person, assetId, client, onLeft }: Options): Keeper {
  const own = `${PREFIX}${person}.${assetId}.${client}`
  const closing = new AbortController()
  // A lock lives as long as its window, whatever becomes of that. Pages over plain HTTP have none.
  const locks = (navigator as { locks?: LockManager }).locks
  const untilClosed = new Promise<void>((done) => closing.signal.addEventListener('abort', () => done()))
  held.add(own)
  sweep(Date.now())
  void locks?.request(own, () => untilClosed).catch(() => undefined)

  const takeOver = async (name: string) => {
    const entry = read(name)
    if (!entry || closing.signal.aborted) return
    held.add(name)
    write(name, { ...entry, left: false })
    // Not before whoever keeps is ready.
    await Promise.resolve()
    const taken = await onLeft(entry).catch(() => false)
    held.delete(name)
    if (taken) localStorage.removeItem(name)
    else write(name, { ...entry, left: true })
  }
  for (const name of others(person, assetId, own)) {
    // With a lock one waits until that window has gone, if it is there still.
    if (locks) void locks.request(name, { signal: closing.signal }, () => takeOver(name)).catch(() => undefined)
    else {
      const entry = read(name)
      if (entry && !held.has(name) && (entry.left || Date.now() - entry.at > DAY)) void takeOver(name)
    }
  }
  return {
    keep: ({ batch, queue }) => {
      if (!batch && queue.length === 0) localStorage.removeItem(own)
      else write(own, { batch, queue, at: Date.now(), left: closing.signal.aborted })
    },
    close: () => {
      closing.abort()
      held.delete(own)
      const entry = read(own)
      if (entry) write(own, { ...entry, left: true })
    },
  }
}
