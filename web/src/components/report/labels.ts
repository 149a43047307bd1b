// Where the names under an axis go: all of them, if need be on two lines, before any is left out.

const WIDE = 12
const NARROW = 6.5
const LINE = 15
const SOME = 40

/** About how many pixels a text takes. */
export const room = (text: string) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? WIDE : NARROW), 0)

/** A name cut to about so many pixels. */
export function shorten(name: string, pixels: number): string {
  if (room(name) <= pixels) return name
  let kept = ''
  for (const c of name) {
    if (room(`${kept}${c}…`) > pixels && kept) break
    kept += c
  }
  return `${kept}…`
}

/** A name on as many lines as so many pixels ask for; Chinese breaks anywhere, other words at spaces and after hyphens. */
export function wrap(name: string, pixels: number): string[] {
  const lines: string[] = []
  for (const part of name.match(/[\u2e80-\uffff]|-*[^\s\u2e80-\uffff-]+-*\s*|[-\s]+/g) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && room((last + part).trimEnd()) <= pixels) lines[lines.length - 1] = last + part
    else lines.push(part)
  }
  return lines.map((line) => line.trimEnd())
}

/** The labels of a category axis with so many pixels for each. */
export function fit(names: string[], pixels: number) {
  const wrapped = names.map((name) => wrap(name, pixels - 4))
  const lines = Math.max(1, ...wrapped.map((w) => w.length))
  const all = lines <= 2 && wrapped.every((w) => w.every((line) => room(line) <= pixels))
  // A cut name says more than none, as long as some letters of it have room.
  if (!all && pixels >= SOME) return { height: LINE + 2, axisLabel: { interval: 0, hideOverlap: false, formatter: (name: string) => shorten(name, pixels - 6) } }
  return all
    ? { height: LINE * lines + 2, axisLabel: { interval: 0, hideOverlap: false, lineHeight: LINE, formatter: (_: string, at: number) => wrapped[at]?.join('\n') ?? '' } }
    : { height: LINE + 2, axisLabel: { interval: 'auto' as const, hideOverlap: true, formatter: (name: string) => shorten(name, 160) } }
}
