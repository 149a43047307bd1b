// Keys as people write them, and whether an event is one of them.

interface Pressed {
  key: string
  code?: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

/** Whether an event is `keys`, such as `Mod+Shift+z`; Mod is Ctrl, or ⌘ on a Mac. */
export function isKey(event: Pressed, keys: string): boolean {
  const parts = keys.split('+').filter(Boolean)
  const last = keys.endsWith('+') ? '+' : (parts.at(-1) ?? '')
  const has = (name: string) => parts.slice(0, keys.endsWith('+') ? undefined : -1).includes(name)
  if ((event.ctrlKey || event.metaKey) !== has('Mod') || event.altKey !== has('Alt')) return false
  // With Alt a keyboard writes other letters, and with Shift other digits: the key itself counts.
  const typed = /^[a-z]$/.test(last) || /^\d$/.test(last) ? (event.code ? event.code.replace(/^(Key|Digit)/, '').toLowerCase() : event.key.toLowerCase()) : event.key
  if (typed !== last) return false
  // Signs such as ? and + need Shift on some keyboards and not on others.
  return /^[^\w]$/.test(last) || event.shiftKey === has('Shift')
}

const NAMES: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Delete: 'Del', Enter: '⏎' }

/** The keys as they stand on the keyboard. */
export function shownKeys(keys: string, mac: boolean): string[] {
  if (keys === '+') return ['+']
  return keys.split('+').map((part) => (part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : part === 'Alt' && mac ? '⌥' : (NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))))
}

export const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)

/** Whether what is typed belongs to a field. */
export function inField(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null
  return Boolean(element?.closest('input, textarea, select, [contenteditable=true], .cm-editor, [role=grid], [role=dialog], [role=listbox]'))
}

/** Whether keys go to the canvas: it has the focus, or what it lies in has. */
export function onCanvas(target: EventTarget | null): boolean {
  return !(target instanceof Element) || target.closest('.react-flow') !== null || target === document.documentElement || target.querySelector('.react-flow') !== null
}
