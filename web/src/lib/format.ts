// Numbers, dates and sizes as each language writes them. Pure functions; the
// language is an argument.

export type Lang = 'en' | 'zh-CN'

const cache = new Map<string, Intl.NumberFormat>()

function formatter(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options)
  let found = cache.get(key)
  if (!found) {
    found = new Intl.NumberFormat(lang, options)
    cache.set(key, found)
  }
  return found
}

/** How many decimals say something about a number of this size. */
function sensibleDigits(value: number): number {
  const size = Math.abs(value)
  if (!Number.isFinite(value) || Number.isInteger(value) || size >= 1000) return 0
  if (size >= 100) return 1
  if (size >= 1) return 2
  if (size >= 0.01) return 3
  return 6
}

/** A number with the thousands separator of the language and a sensible precision. */
export function number(lang: Lang, value: number, digits = sensibleDigits(value)): string {
  if (!Number.isFinite(value)) return '–'
  return formatter(lang, { maximumFractionDigits: digits }).format(value)
}

/** A number with exactly so many decimals, as in a column of figures. */
export function fixed(lang: Lang, value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–'
  return formatter(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

/** A short form for axes and tight places: 1.2M, 120万. */
export function compact(lang: Lang, value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) < (lang === 'en' ? 1000 : 10_000)) return number(lang, value)
  return formatter(lang, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** A share of one, as a percentage. */
export function percent(lang: Lang, share: number, digits?: number): string {
  if (!Number.isFinite(share)) return '–'
  const size = Math.abs(share) * 100
  const chosen = digits ?? (size === 0 || size >= 10 ? 0 : size >= 1 ? 1 : 2)
  return formatter(lang, { style: 'percent', maximumFractionDigits: chosen }).format(share)
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function bytes(lang: Lang, value: number): string {
  let size = value
  let unit = 0
  while (size >= 1000 && unit < BYTE_UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${number(lang, size, unit === 0 || size >= 100 ? 0 : 1)} ${BYTE_UNITS[unit]}`
}

/** A date without a time. */
export function date(lang: Lang, value: string | Date): string {
  const at = typeof value === 'string' ? new Date(value) : value
  return Number.isNaN(at.getTime()) ? '–' : day(lang, at)
}

/** Day, month, year: the one order in English that nobody misreads, as in reports. */
function day(lang: Lang, at: Date, timeZone?: string): string {
  const format = new Intl.DateTimeFormat(lang, { year: 'numeric', month: 'short', day: 'numeric', timeZone })
  if (lang !== 'en') return format.format(at)
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]))
  return `${parts.day} ${parts.month} ${parts.year}`
}

/** A moment to the minute, with its zone. */
export function moment(lang: Lang, value: string | Date, timeZone?: string): string {
  const at = typeof value === 'string' ? new Date(value) : value
  if (Number.isNaN(at.getTime())) return '–'
  const parts = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short', timeZone }).formatToParts(at)
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${day(lang, at, timeZone)}${lang === 'en' ? ', ' : ' '}${part('hour')}:${part('minute')} ${part('timeZoneName')}`
}

/** The time of day to the millisecond, where the reader is. */
export function clock(value: string, timeZone?: string): string {
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return '–'
  return new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23', timeZone }).format(at)
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60],
]

/** How long ago, in words. */
export function ago(lang: Lang, value: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(value).getTime() - now.getTime()) / 1000
  const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit)
  }
  return words.format(0, 'second')
}

/** A length of time: 840 ms, 12 s, 3 min 5 s. */
export function duration(lang: Lang, milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–'
  const unit = (value: number, name: string, digits = 0) =>
    formatter(lang, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value)
  if (milliseconds < 1000) return unit(Math.round(milliseconds), 'millisecond')
  const seconds = milliseconds / 1000
  if (seconds < 10) return unit(seconds, 'second', 1)
  if (seconds < 60) return unit(Math.round(seconds), 'second')
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds - minutes * 60)
  if (minutes < 60) return rest ? `${unit(minutes, 'minute')} ${unit(rest, 'second')}` : unit(minutes, 'minute')
  return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`
}

/** A name inside of a sentence: between Chinese, what is written in Latin letters or figures stands apart. */
export const inside = (lang: Lang, name: string): string => (lang === 'en' ? name : name.replace(/^(?=[\w(])/, ' ').replace(/(?<=[\w)])$/, ' '))

/** Words in both languages, as the server sends them. */
export type Text = {
  en: string
  'zh-CN': string
}

export function words(lang: Lang, text: Text | string | null | undefined): string {
  if (!text) return ''
  if (typeof text === 'string') return text
  return text[lang] || text.en
}

/** `Role: Ann`: what something is, and which, with the colon of the language. */
export const named = (lang: Lang, what: string, which: string): string => (lang === 'en' ? `${what}: ${which}` : `${what}：${which}`)
