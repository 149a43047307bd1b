// Whether edits arrived whose answer was lost: the server tells what was made behind a revision, and under which name.
import { ApiError } from '@/api/client'
import { eventsUrl } from '@/api/workflow'
import type { Batch } from './kept'

const LIMIT_MS = 30_000
/** `EventSource.CLOSED`: it doesn't come again by itself. */
export const CLOSED = 2

/**
 * Whether the document has a batch at revision `upTo`, which was read after the
 * batch was sent; null where the server no longer remembers edits that far back.
 */
export function wasTold(assetId: string, batch: Batch, upTo: number, signal: AbortSignal): Promise<boolean | null> {
  if (upTo <= batch.base) return Promise.resolve(false)
  return new Promise((resolve, reject) => {
    const source = new EventSource(eventsUrl(assetId, batch.key, batch.base))
    const end = () => {
      source.close()
      clearTimeout(timer)
      signal.removeEventListener('abort', fail)
    }
    const found = (there: boolean | null) => {
      end()
      resolve(there)
    }
    const fail = () => {
      end()
      reject(new ApiError(0, 'offline', '', null))
    }
    const timer = setTimeout(fail, LIMIT_MS)
    signal.addEventListener('abort', fail)
    source.addEventListener('edits', (event) => {
      const { client, revision } = JSON.parse((event as MessageEvent<string>).data) as { client: string; revision: number }
      if (client === batch.key) found(true)
      else if (revision >= upTo) found(false)
    })
    source.addEventListener('again', () => found(null))
    source.onerror = () => {
      if (source.readyState === CLOSED) fail()
    }
  })
}
