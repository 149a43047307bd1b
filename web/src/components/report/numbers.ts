// Numbers of a report as each language writes them: the same text, to the
// digit, as crates/tandem-report/src/format.rs writes into files.
import { words, type Lang } from '@/lib/format'
import type { NumberFormat, ReportNumber } from './document'

const DAY = 86_400_000
const MISSING = '–'
const NBSP = '\u00a0'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The steps by which each language shortens large numbers. */
const STEPS: Record<Lang, [number, string][]> = {
  en: [[1e9, 'B'], [1e6, 'M']],
  'zh-CN': [[1e8, `${NBSP}亿`], [1e4, `${NBSP}万`]],
}

/** The signs of the currencies that have one everybody knows. */
const SYMBOLS: Record<string, string> = {
  USD: '$', EUR: '€', GBP: '£', CNY: '¥', JPY: '¥', INR: '₹', KRW: '₩', HKD: 'HK$', TWD: 'NT$', SGD: 'S$', AUD: 'A$', CAD: 'C$',
}

/** One value in its format. */
export function formatValue(lang: Lang, value: number | null | undefined, format: NumberFormat, short = format.compact): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  if (format.style === 'date') return day(lang, value)
  let body: string
  if (format.style === 'percent') body = `${plain(value * 100, format.decimals)}%`
  else if (format.style === 'money') {
    const digits = scaled(lang, Math.abs(value), format.decimals ?? (Math.abs(value) >= 1000 ? 0 : 2), short)
    body = withCurrency(value < 0 && says(digits) ? '−' : '', digits, format.currency)
  } else body = scaled(lang, value, format.decimals ?? (format.style === 'count' ? 0 : null), short)
  if (format.signed && value > 0 && says(body)) body = `+${body}`
  return format.unit ? `${body}${NBSP}${words(lang, format.unit)}` : body
}

/** A tick of an axis: shortened, with no more digits than it has, its unit left to the axis' own label. */
export function formatTick(lang: Lang, value: number, format: NumberFormat): string {
  if (format.style === 'date') return day(lang, value)
  if (format.style === 'percent') return `${plain(value * 100, needed(value * 100))}%`
  const step = STEPS[lang].find(([size]) => Math.abs(value) >= size)
  const size = Math.abs(value) / (step?.[0] ?? 1)
  const body = plain(size, needed(size)) + (step?.[1] ?? '')
  const sign = value < 0 ? '−' : ''
  return format.style === 'money' && value !== 0 ? withCurrency(sign, body, format.currency) : sign + body
}

export function formatNumber(lang: Lang, number: ReportNumber): string {
  return formatValue(lang, number.value, number.format)
}

/** `950 – 1,240`: the range in the same format. */
export function formatInterval(lang: Lang, number: ReportNumber): string | null {
  const { interval } = number
  if (!interval) return null
  const format = { ...number.format, unit: null }
  return `${formatValue(lang, interval.low, format)} – ${formatValue(lang, interval.high, format)}`
}

/** A value in a table: a whole number whose precision would follow from its size needs no decimals, 18 and not 18.0. */
export function formatCell(lang: Lang, value: number, format: NumberFormat): string {
  const bySize = format.style === 'decimal' && (format.decimals === null || format.decimals === undefined)
  return formatValue(lang, value, bySize && Number.isInteger(value) ? { ...format, decimals: 0 } : format)
}

/** A day, counted from 1970-01-01. */
function day(lang: Lang, days: number): string {
  const at = new Date(Math.floor(days) * DAY)
  if (Number.isNaN(at.getTime())) return MISSING
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  return lang === 'en' ? `${date} ${MONTHS[month]} ${year}` : `${year}年${month + 1}月${date}日`
}

/** Whether any digit of it isn't zero. */
const says = (digits: string) => /[1-9]/.test(digits)

function withCurrency(sign: string, digits: string, code: string | null): string {
  if (!code) return sign + digits
  const symbol = SYMBOLS[code]
  return symbol ? sign + symbol + digits : `${sign}${code}${NBSP}${digits}`
}

function scaled(lang: Lang, value: number, decimals: number | null, short: boolean): string {
  const step = short ? STEPS[lang].find(([size]) => Math.abs(value) >= size) : undefined
  return step ? plain(value / step[0], decimalsFor(value / step[0])) + step[1] : plain(value, decimals)
}

/** Digits after the point that show about three significant figures. */
function decimalsFor(value: number): number {
  const size = Math.abs(value)
  if (size >= 100 || size === 0) return 0
  if (size >= 10) return 1
  return size >= 1 ? 2 : Math.min(6, Math.max(3, 2 - Math.floor(Math.log10(size))))
}

/** Digits after the point that a round number needs. */
function needed(value: number): number {
  let digits = 0
  for (let rest = Math.abs(value); digits < 4 && Math.abs(rest - Math.round(rest)) > 1e-6 * Math.max(rest, 1e-6); digits += 1) rest *= 10
  return digits
}

/** Digits with separators in groups of three; a typographic minus. */
function plain(value: number, decimals: number | null): string {
  const digits = rounded(Math.abs(value), decimals ?? decimalsFor(value))
  const [whole = '', fraction] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (value < 0 && says(digits) ? '−' : '') + grouped + (fraction ? `.${fraction}` : '')
}

/** Half goes to even, as the server rounds; `toFixed` alone would round it up. */
function rounded(value: number, decimals: number): string {
  const exact = value.toFixed(Math.min(100, decimals + 60))
  const cut = exact.indexOf('.') + 1 + decimals
  const kept = exact.slice(0, decimals === 0 ? cut - 1 : cut)
  return /^50*$/.test(exact.slice(cut)) && /[02468]$/.test(kept) ? kept : value.toFixed(decimals)
}
