// Keys of somebody whose field goes away while they type are no commands: they
// were meant for the field.

interface Pressed {
  key: string
  target: EventTarget | null
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  timeStamp: number
}

/** Who has pressed nothing for so long has seen that the field is gone. */
export const PAUSE_MS = 2_000
/** What leaves a field of one's own will. */
const LEAVING = new Set(['Enter', 'Escape', 'Tab'])
/** What writes or takes back letters, or goes through them. */
const WRITING = new Set(['Backspace', 'Delete', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Process', 'Dead'])

const fieldOf = (target: EventTarget | null): Element | null => (target instanceof Element ? target.closest('input, textarea, [contenteditable=true], .cm-content') : null)

export interface Typing {
  /** Whether a key was meant for a field that is gone. */
  isLost(event: Pressed): boolean
  /** A click: one knows again where one is. */
  clicked(): void
}

export function watchTyping(): Typing {
  let field: Element | null = null
  let lost = false
  let last = 0
  return {
    isLost: (event) => {
      const held = event.ctrlKey || event.metaKey || event.altKey
      const into = fieldOf(event.target)
      if (into) {
        field = LEAVING.has(event.key) ? null : into
        lost = false
        return false
      }
      if (field && !field.isConnected) {
        // However long ago: nobody has seen yet what the next letter does.
        lost = true
        last = event.timeStamp
      }
      field = null
      if (event.key === 'Escape' || event.timeStamp - last > PAUSE_MS) lost = false
      if (!lost || held || !(event.key.length === 1 || WRITING.has(event.key))) return false
      last = event.timeStamp
      return true
    },
    clicked: () => {
      field = null
      lost = false
    },
  }
}
