// The server's news of one workflow, for as long as it is open. Every edit is told once the page has it behind `revision`.
import type { Stale } from '@/api/schedules'
import { eventsUrl, type Edit, type Person } from '@/api/workflow'
import { CLOSED } from './told'

const AGAIN_MS = 5_000

export interface News {
  edits: { client: string; revision: number; edits: Edit[] }
  again: { revision: number }
  presence: { people: Person[] }
  version: { seq: number }
  stale: Stale
  threads: object
  run: { run_id: string }
}

type Hear = { [K in keyof News]: (data: News[K]) => void }

/** Follows a workflow from behind `revision`; gives what ends that. */
export function listen(assetId: string, client: string, revision: number, onOpen: () => void, hear: Hear): () => void {
  let heard = revision
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(eventsUrl(assetId, client, heard))
    source.onopen = onOpen
    source.onerror = () => {
      // A browser comes again after a lost connection by itself, but not after an answer that is an error.
      if (source.readyState === CLOSED) timer = setTimeout(open, AGAIN_MS)
    }
    for (const name of Object.keys(hear) as (keyof News)[])
      source.addEventListener(name, (event) => {
        let data: News[typeof name]
        try {
          data = JSON.parse((event as MessageEvent<string>).data) as News[typeof name]
        } catch {
          // What can't be read is not for this page.
          return
        }
        if ('revision' in data) heard = Math.max(heard, data.revision)
        ;(hear[name] as (data: News[typeof name]) => void)(data)
      })
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
