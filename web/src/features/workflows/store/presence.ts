// Where one points and what one has chosen, told to the others.
import { sendPresence } from '@/api/workflow'
import type { Doc } from './document'

const PRESENCE_MS = 150

export interface Presence {
  pointer(x: number, y: number): void
  stop(): void
}

export function startPresence(doc: Doc, assetId: string, client: string): Presence {
  const { store } = doc
  let place = { x: 0, y: 0 }
  let told = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      const selected = [...store.get().selection].filter((id) => id in doc.workflow().nodes)
      const text = JSON.stringify([place, selected])
      if (text === told) return
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
  return {
    pointer: (x, y) => {
      place = { x: Math.round(x), y: Math.round(y) }
      tell()
    },
    stop: () => {
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
