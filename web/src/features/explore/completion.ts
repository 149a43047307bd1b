import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { CatalogTable } from '@/api/types'
import { quoteName } from '@/lib/sql'

/** The tables that a text of SQL names, quoted or not, at any version. */
export function tablesNamed(sql: string, catalog: readonly CatalogTable[]): CatalogTable[] {
  const lower = sql.toLowerCase()
  return catalog.filter((table) => {
    const name = table.name.toLowerCase()
    const at = lower.indexOf(name)
    if (at < 0) return false
    const around = /[\p{L}\p{N}_]/u
    return !around.test(lower[at - 1] ?? '') && !around.test(lower[at + name.length] ?? '')
  })
}

/** What may stand at the end of `before`, in the light of the whole text. */
export function suggestions(before: string, sql: string, catalog: readonly CatalogTable[]): { from: number; options: Completion[] } | null {
  const version = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))@v?(\d*)$/u.exec(before)
  if (version) {
    const name = (version[1]?.replaceAll('""', '"') ?? version[2] ?? '').toLowerCase()
    const table = catalog.find((t) => t.name.toLowerCase() === name)
    if (!table) return null
    const from = before.lastIndexOf('@') + 1
    const seqs = Array.from({ length: Math.min(table.seq, 50) }, (_, i) => table.seq - i)
    return { from, options: seqs.map((seq, i) => ({ label: `v${seq}`, type: 'constant', boost: -i })) }
  }
  const word = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(before)
  const from = before.length - (word?.[0].length ?? 0)
  const prefix = before.slice(0, from)
  const qualified = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))\.$/u.exec(prefix)
  const columns = (table: CatalogTable): Completion[] =>
    table.columns.map((c) => ({ label: c.name, apply: quoteName(c.name), detail: c.type, type: 'property', boost: 2 }))
  if (qualified) {
    const name = (qualified[1]?.replaceAll('""', '"') ?? qualified[2] ?? '').toLowerCase()
    const table = catalog.find((t) => t.name.toLowerCase() === name) ?? aliased(name, sql, catalog)
    return table ? { from, options: columns(table) } : null
  }
  if (!word && !/\b(from|join|,)\s*$/i.test(prefix)) return null
  const tables: Completion[] = catalog.map((t) => ({ label: t.name, apply: quoteName(t.name), detail: `v${t.seq}`, type: 'class', boost: 1 }))
  if (/\b(from|join)\s+$/i.test(prefix)) return { from, options: tables }
  const seen = new Set<string>()
  const named = tablesNamed(sql, catalog)
    .flatMap(columns)
    .filter((c) => !seen.has(c.label) && seen.add(c.label))
  return { from, options: [...named, ...tables] }
}

/** The table behind `orders o` or `orders AS o`. */
function aliased(alias: string, sql: string, catalog: readonly CatalogTable[]): CatalogTable | undefined {
  return catalog.find((table) => {
    const name = table.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return new RegExp(`(?:"${name}"|\\b${name})(?:@v\\d+)?\\s+(?:as\\s+)?"?${alias}"?(?![\\p{L}\\p{N}_])`, 'iu').test(sql)
  })
}

export function tableCompletion(catalog: () => readonly CatalogTable[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.sliceDoc(0, context.pos)
    const found = suggestions(line, context.state.doc.toString(), catalog())
    if (!found || (found.from === context.pos && !context.explicit && !/[.@]$|\b(from|join)\s$/i.test(line))) return null
    return { ...found, validFor: /^[\p{L}\p{N}_]*$/u }
  }
}
