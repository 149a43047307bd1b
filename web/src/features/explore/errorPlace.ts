/** Where a message says the fault is, counted from 1. */
export function errorPlace(message: string): { line: number; column: number } | null {
  const found = /line:?\s*(\d+)[,;]?\s*(?:column|col):?\s*(\d+)/i.exec(message)
  return found ? { line: Number(found[1]), column: Number(found[2]) } : null
}
