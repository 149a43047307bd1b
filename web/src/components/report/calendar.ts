// Where an axis of days, counted from 1970-01-01, has its ticks and what they say: the same as crates/tandem-report/src/svg/ticks.rs. Pure.
import type { Lang } from '@/lib/format'

export interface Tick {
  value: number
  label: string
}

const DAY = 86_400_000
const MINUTES = 1440
const MOST = 60
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const date = (days: number) => new Date(Math.floor(days + 1e-9) * DAY)

function shortDay(lang: Lang, days: number, year: boolean): string {
  const at = date(days)
  const [y, m, d] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  return lang === 'en' ? `${d} ${MONTHS[m]}${year ? ` ${y}` : ''}` : `${year ? `${y}年` : ''}${m + 1}月${d}日`
}

const second = (days: number) => (((Math.round(days * 86_400) % 60) + 60) % 60)
const time = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(Math.floor(minute % 60)).padStart(2, '0')}`
const minuteOf = (days: number) => (((Math.round(days * MINUTES) % MINUTES) + MINUTES) % MINUTES)

/** A day with its year. */
export const dayOf = (lang: Lang, days: number) => shortDay(lang, days, true)

/** A moment with its time of day. */
export const moment = (lang: Lang, days: number) => `${shortDay(lang, days, true)} ${time(minuteOf(days))}`

/** Minutes and hours carry their day where it begins, and at the left end. */
function shortMoment(lang: Lang, days: number, first: boolean): string {
  const minute = minuteOf(days)
  if (minute === 0) return shortDay(lang, days, first)
  return first ? `${shortDay(lang, days, false)} ${time(minute)}` : time(minute)
}

/** Months carry their year where it begins, and at the left end. */
function shortMonth(lang: Lang, at: Date, step: number, first: boolean): string {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  if (step >= 12) return lang === 'en' ? String(year) : `${year}年`
  const whole = first || month === 0
  return lang === 'en' ? `${MONTHS[month]}${whole ? ` ${year}` : ''}` : `${whole ? `${year}年` : ''}${month + 1}月`
}

/** What a tick says where an axis chooses its own places: a time of day, a day, a month or a year, whichever turns there. The first says more. */
export function turn(lang: Lang, days: number, first: boolean): string {
  const at = date(days)
  if (second(days) !== 0) return new Date(Math.round(days * 86_400) * 1000).toISOString().slice(11, 19)
  if (minuteOf(days) !== 0) return shortMoment(lang, days, first)
  if (at.getUTCDate() !== 1) return shortDay(lang, days, first)
  return shortMonth(lang, at, at.getUTCMonth() === 0 && !first ? 12 : 1, first)
}

function moments(lang: Lang, low: number, high: number, rough: number): Tick[] {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].find((minutes) => minutes / MINUTES >= rough) ?? MINUTES
  const ticks: Tick[] = []
  for (let minute = Math.ceil((low * MINUTES) / step - 1e-6) * step; minute <= high * MINUTES + 1e-6 && ticks.length < MOST; minute += step)
    ticks.push({ value: minute / MINUTES, label: shortMoment(lang, minute / MINUTES, ticks.length === 0) })
  return ticks
}

function days(lang: Lang, low: number, high: number, rough: number): Tick[] {
  const step = [1, 2, 7, 14, 21].find((s) => s >= rough) ?? 21
  const ticks: Tick[] = []
  for (let day = Math.floor(low); day <= high && ticks.length < MOST; day += step) if (day >= low) ticks.push({ value: day, label: shortDay(lang, day, ticks.length === 0) })
  return ticks
}

function months(lang: Lang, low: number, high: number, rough: number): Tick[] {
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((m) => m * 30.44 >= rough) ?? 1200
  const first = date(low)
  const ticks: Tick[] = []
  const begin = step >= 12 ? 0 : Math.floor(first.getUTCMonth() / step) * step
  for (let n = 0; ticks.length < MOST; n += 1) {
    const at = new Date(Date.UTC(first.getUTCFullYear(), begin + n * step, 1))
    const value = at.getTime() / DAY
    if (value > high || Number.isNaN(value)) break
    if (value >= low) ticks.push({ value, label: shortMonth(lang, at, step, ticks.length === 0) })
  }
  return ticks
}

/** About `count` ticks from one day to another: minutes, hours, days, weeks, months or years, whatever the span asks for. */
export function calendarTicks(lang: Lang, low: number, high: number, count: number): Tick[] {
  const rough = (high - low) / Math.max(1, count)
  if (!(rough > 0) || !Number.isFinite(rough)) return [{ value: low, label: minuteOf(low) === 0 ? shortDay(lang, low, true) : moment(lang, low) }]
  if (rough < 1) return moments(lang, low, high, rough)
  return rough <= 21 ? days(lang, low, high, rough) : months(lang, low, high, rough)
}
