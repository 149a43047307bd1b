// People named in comments: written as @Name, sent as @[Name](user:ID). Pure.

interface Named {
  id: string
  name: string
}

const SENT = /@\[([^\]]+)\]\(user:([0-9a-f-]+)\)/gi

/** What is sent for what was typed: each @Name of somebody who can be named becomes a mention. */
export function toSent(text: string, people: readonly Named[]): string {
  const longestFirst = [...people].sort((a, b) => b.name.length - a.name.length)
  let out = ''
  for (let at = 0; at < text.length; ) {
    const person = text[at] === '@' ? longestFirst.find((p) => p.name && text.startsWith(p.name, at + 1) && !/[\p{L}\p{N}]/u.test(endOf(text, at + 1 + p.name.length, p.name))) : undefined
    if (person) {
      out += `@[${person.name.replace(/[[\]]/g, '')}](user:${person.id})`
      at += 1 + person.name.length
    } else {
      out += text[at] ?? ''
      at += 1
    }
  }
  return out
}

/** The sign after a name that would make it part of a longer word; Chinese names have no spaces around them. */
const endOf = (text: string, at: number, name: string): string => (/[a-z0-9]$/i.test(name) ? (/[a-z0-9]/i.exec(text[at] ?? '')?.[0] ?? '') : '')

/** As one types it again. */
export const toTyped = (text: string): string => text.replace(SENT, '@$1')

/** As one reads it: names stand out. */
export const toShown = (text: string): string => text.replace(SENT, '**@$1**')
