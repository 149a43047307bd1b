// The part of Markdown that notes and pages of documentation use: headings,
// paragraphs, lists, code, quotes, tables; strong, emphasis, code and links.

export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph' | 'quote' | 'code'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'rule' }

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/
const cells = (line: string) => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
const isRule = (line: string) => /^\s*(-{3,}|\*{3,}|_{3,})\s*$/.test(line)
const isSeparator = (line: string | undefined) => line !== undefined && /-/.test(line) && /^\s*\|?(\s*:?-+:?\s*\|?)+\s*$/.test(line)

/** The blocks without those at the beginning that say what was said already, as a title above the page does. */
export function without(blocks: Block[], said: readonly string[]): Block[] {
  const from = blocks.findIndex((block) => !('text' in block && said.includes(block.text)))
  return from < 0 ? [] : blocks.slice(from)
}

export function blocksOf(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  const until = (end: (line: string) => boolean): string[] => {
    const taken: string[] = []
    while (at < lines.length && !end(lines[at] as string)) taken.push(lines[at++] as string)
    return taken
  }
  while (at < lines.length) {
    const line = lines[at] as string
    const heading = /^(#{1,6})\s+(.*)$/.exec(line)
    if (line.trim() === '') at += 1
    else if (line.startsWith('```')) {
      at += 1
      blocks.push({ kind: 'code', text: until((l) => l.startsWith('```')).join('\n') })
      at += 1
    } else if (heading) {
      blocks.push({ kind: 'heading', level: (heading[1] ?? '').length, text: heading[2] ?? '' })
      at += 1
    } else if (isRule(line)) {
      blocks.push({ kind: 'rule' })
      at += 1
    } else if (line.includes('|') && isSeparator(lines[at + 1])) {
      at += 2
      blocks.push({ kind: 'table', head: cells(line), rows: until((l) => !l.includes('|')).map(cells) })
    } else if (line.startsWith('>')) {
      blocks.push({ kind: 'quote', text: until((l) => !l.startsWith('>')).map((l) => l.replace(/^>\s?/, '')).join(' ') })
    } else if (ITEM.test(line)) {
      const items: string[] = []
      for (const l of until((x) => x.trim() === '')) {
        if (ITEM.test(l)) items.push(l.replace(ITEM, ''))
        else items.push(`${items.pop() ?? ''} ${l.trim()}`)
      }
      blocks.push({ kind: 'list', ordered: /^\s*\d/.test(line), items })
    } else {
      const first = at
      const taken = until((l) => l.trim() === '' || (at > first && (l.startsWith('```') || /^#{1,6}\s/.test(l) || ITEM.test(l) || l.startsWith('>'))))
      blocks.push({ kind: 'paragraph', text: taken.map((l) => l.trim()).join(' ') })
    }
  }
  return blocks
}

export type Inline = string | { kind: 'code'; text: string } | { kind: 'strong'; inside: Inline[] } | { kind: 'em'; inside: Inline[] } | { kind: 'link'; href: string; inside: Inline[] }

const PARTS = /(`+)(.+?)\1|\*\*(.+?)\*\*|(?<![\w*])[*_](?!\s)(.+?)[*_](?![\w*])|\[([^\]]+)\]\(([^)\s]+)\)/

export function inlinesOf(text: string): Inline[] {
  const found = PARTS.exec(text)
  if (!found) return text ? [text] : []
  const [all, , code, strong, em, label, href] = found
  const before = text.slice(0, found.index)
  const part: Inline =
    code !== undefined
      ? { kind: 'code', text: code.trim() }
      : strong !== undefined
        ? { kind: 'strong', inside: inlinesOf(strong) }
        : em !== undefined
          ? { kind: 'em', inside: inlinesOf(em) }
          : safe(href ?? '') ? { kind: 'link', href: href ?? '', inside: inlinesOf(label ?? '') } : (label ?? '')
  return [...(before ? [before] : []), part, ...inlinesOf(text.slice(found.index + all.length))]
}

/** Links lead to pages and nowhere else. */
const safe = (href: string) => /^(https?:\/\/|\/(?!\/)|#)/i.test(href)
