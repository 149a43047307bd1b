import { useMemo } from 'react'
import * as format from './format'
import { useLang } from './i18n'

/** The formatting functions bound to the language on screen. */
export function useFormat() {
  const lang = useLang()
  return useMemo(
    () => ({
      lang,
      number: (value: number, digits?: number) => format.number(lang, value, digits),
      fixed: (value: number, digits: number) => format.fixed(lang, value, digits),
      compact: (value: number) => format.compact(lang, value),
      percent: (share: number, digits?: number) => format.percent(lang, share, digits),
      bytes: (value: number) => format.bytes(lang, value),
      date: (value: string | Date) => format.date(lang, value),
      moment: (value: string | Date, timeZone?: string) => format.moment(lang, value, timeZone),
      clock: (value: string, timeZone?: string) => format.clock(value, timeZone),
      ago: (value: string | Date) => format.ago(lang, value),
      duration: (milliseconds: number) => format.duration(lang, milliseconds),
      named: (what: string, which: string) => format.named(lang, what, which),
      inside: (name: string) => format.inside(lang, name),
      words: (text: format.Text | string | null | undefined) => format.words(lang, text),
    }),
    [lang],
  )
}
