// What people call a step or a group: one name, or one for readers of each language. Pure.
import type { Label } from '@/api/workflow'
import type { Lang } from '@/lib/format'

/** The name as it stands for readers of a language, which is not yet there where it is empty. */
export const nameIn = (label: Label | null | undefined, lang: Lang): string => (typeof label === 'string' ? label : (label?.[lang] ?? ''))

/** The other language. */
export const otherThan = (lang: Lang): Lang => (lang === 'en' ? 'zh-CN' : 'en')

/** Whether the languages have names of their own. */
export const isTwofold = (label: Label | null | undefined): boolean => typeof label === 'object' && label !== null

/** The label with another name in one language, written by a reader of `reader`'s. Two names stay two while they are
 * written, whatever they are. */
export function named(label: Label | null | undefined, lang: Lang, reader: Lang, name: string): Label | null {
  if (typeof label === 'object' && label !== null) return { ...label, [lang]: name }
  if (lang === reader) return name || null
  return { en: label ?? '', 'zh-CN': label ?? '', [lang]: name }
}

/** What is left once it was written: one name where only one is there, or both are the same. */
export function settled(label: Label | null | undefined): Label | null {
  if (typeof label !== 'object' || label === null) return label || null
  const [en, zh] = [label.en.trim(), label['zh-CN'].trim()]
  return en && zh && en !== zh ? { en, 'zh-CN': zh } : en || zh || null
}
