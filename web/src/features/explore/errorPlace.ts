/** The line, counted from 1, that an error is about: as its message says, or where the name stands that it quotes. */
export function errorLine(message: string, sql: string): number | null {
  const said = /line:?\s*(\d+)[,;]?\s*(?:column|col):?\s*(\d+)/i.exec(message)
  if (said) return Number(said[1])
  for (const [, name] of message.matchAll(/[“"`']([^”"`']{1,120})[”"`']/g)) {
    const at = name ? sql.indexOf(name) : -1
    if (at >= 0) return sql.slice(0, at).split('\n').length
  }
  return null
}
