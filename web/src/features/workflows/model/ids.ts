/** A new id for an element: short, and never met again. */
export function newId(prefix: 'n' | 'e' | 't' | 'f'): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return prefix + Array.from(bytes, (b) => letters[b % letters.length]).join('')
}
