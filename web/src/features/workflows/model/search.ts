// The palette's search: every word must be in the name, the title or the
// summary, in either language; titles first.
import type { Port, PortKind, Signature } from '@/api/workflow'

function score(s: Signature, words: string[]): number {
  const titles = [s.title.en, s.title['zh-CN'], s.name].map((text) => text.toLowerCase())
  const rest = [s.summary.en, s.summary['zh-CN']].join(' ').toLowerCase()
  let total = 0
  for (const word of words) {
    const best = Math.max(...titles.map((t) => (t === word ? 5 : t.startsWith(word) ? 4 : new RegExp(`[\\s_-]${escape(word)}`).test(t) ? 3 : t.includes(word) ? 2 : 0)))
    const found = best || (rest.includes(word) ? 1 : 0)
    if (found === 0) return 0
    total += found
  }
  return total
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function search(all: readonly Signature[], text: string): Signature[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...all]
  return all
    .map((s, at) => ({ s, at, points: score(s, words) }))
    .filter((f) => f.points > 0)
    .sort((a, b) => b.points - a.points || a.at - b.at)
    .map((f) => f.s)
}

/** The port of a component that something of a kind can be connected to. */
export function fittingPort(s: Signature, kind: PortKind, side: 'input' | 'output'): Port | undefined {
  return (side === 'input' ? s.inputs : s.outputs).find((p) => p.kind === kind)
}
