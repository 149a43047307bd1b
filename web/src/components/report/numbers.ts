// Numbers of a report as each language writes them.
import { number as plainNumber, sensibleDigits, words, type Lang } from '@/lib/format'
import type { NumberFormat, ReportNumber } from './document'

const DAY = 86_400_000

/** One value in its format. */
export function formatValue(lang: Lang, value: number | null | undefined, format: NumberFormat, short = format.compact): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const unit = format.unit ? words(lang, format.unit) : ''
  const withUnit = (text: string) => (unit ? `${text}${lang === 'zh-CN' && /^[\u4e00-\u9fff]/.test(unit) ? ' ' : ' '}${unit}` : text)
  if (format.style === 'date') {
    return new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(value * DAY))
  }
  if (format.style === 'percent') {
    const digits = format.decimals ?? (Math.abs(value) < 0.1 ? 1 : 0)
    return withUnit(new Intl.NumberFormat(lang, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value))
  }
  const money: Intl.NumberFormatOptions = format.style === 'money' && format.currency ? { style: 'currency', currency: format.currency, currencyDisplay: 'narrowSymbol' } : {}
  if (short && Math.abs(value) >= 10_000) {
    return withUnit(new Intl.NumberFormat(lang, { ...money, notation: 'compact', maximumFractionDigits: 1 }).format(value))
  }
  const digits = format.decimals ?? (format.style === 'count' ? 0 : format.style === 'money' ? (Math.abs(value) >= 100 ? 0 : 2) : sensibleDigits(value))
  if (Object.keys(money).length === 0 && format.decimals === null && format.style === 'decimal') return withUnit(plainNumber(lang, value, digits))
  return withUnit(new Intl.NumberFormat(lang, { ...money, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value))
}

export function formatNumber(lang: Lang, number: ReportNumber): string {
  return formatValue(lang, number.value, number.format)
}

/** `950 – 1,240`: the range in the same format. */
export function formatInterval(lang: Lang, number: ReportNumber): string | null {
  const { interval, format } = number
  if (!interval) return null
  return `${formatValue(lang, interval.low, format)} – ${formatValue(lang, interval.high, format)}`
}
