// How values look in a cell and in the clipboard.
import { fixed, number, type Lang } from '@/lib/format'
import { typeKind } from '@/lib/types'

/** A value as text, exact and without the separators of a language, as it is copied. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))
  return String(value)
}

/** Whether a column's numbers name things rather than count them: they carry no separators. */
export const isIdName = (name: string) => /(^|[_\s.-])(id|no|nr|key|code|year|zip|phone)$|[a-z](Id|ID|No|Code)$|(编号|编码|号码|代码|年份|电话)$|^(id|编号)$/.test(name)

/** A value as a reader sees it. */
export function shown(lang: Lang, value: unknown, type: string, name = ''): string {
  if (value === null || value === undefined) return ''
  const kind = typeKind(type)
  if (kind === 'integer' && typeof value !== 'object' && isIdName(name)) return String(value)
  if (value instanceof Date) return isoTime(value, kind === 'date')
  if (typeof value === 'bigint') return value.toLocaleString(lang)
  if (typeof value === 'number') {
    if (kind === 'integer') return number(lang, value, 0)
    if (kind === 'decimal') return Number.isInteger(value) ? number(lang, value, 0) : trimmed(lang, value)
    return String(value)
  }
  if (typeof value === 'string') {
    if (kind === 'time') return value.replace('T', ' ').replace(/(\.\d*?)0+(?=Z|$)/, '$1').replace(/\.(?=Z|$)/, '')
    if ((kind === 'integer' || kind === 'decimal') && /^-?\d+$/.test(value)) return BigInt(value).toLocaleString(lang)
  }
  return plain(value)
}

function trimmed(lang: Lang, value: number): string {
  const size = Math.abs(value)
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return value.toExponential(4)
  return size >= 1000 ? fixed(lang, value, 2) : number(lang, value, size >= 1 ? 4 : 6)
}

function isoTime(value: Date, day: boolean): string {
  if (Number.isNaN(value.getTime())) return ''
  const text = value.toISOString()
  if (day) return text.slice(0, 10)
  return text.slice(0, 19).replace('T', ' ') + (value.getUTCMilliseconds() ? text.slice(19, 23) : '')
}

/** A width in pixels that fits the name and what was seen of the values. */
export function guessWidth(name: string, type: string, samples: string[]): number {
  const measure = (text: string) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 14 : 7.6), 0)
  const widest = Math.max(measure(name) + 34, measure(type) + 34, ...samples.map((s) => measure(s) + 22))
  return Math.round(Math.min(320, Math.max(72, widest)))
}
