// A cron as one chooses it: how often, on which days, at what time. Pure.

export type Often = 'minutes' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'raw'

export interface Choice {
  often: Often
  /** Every so many minutes. */
  every: number
  hour: number
  minute: number
  /** Of the week: 0 is Sunday. */
  days: number[]
  /** Of the month; 0 is its last. */
  day: number
  raw: string
}

export const FIRST: Choice = { often: 'daily', every: 15, hour: 6, minute: 0, days: [1], day: 1, raw: '0 6 * * *' }
export const EVERY = [5, 10, 15, 20, 30]
const NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** The expression that a choice is: minute, hour, day of month, month, day of week. */
export function expression(c: Choice): string {
  switch (c.often) {
    case 'minutes':
      return `*/${c.every} * * * *`
    case 'hourly':
      return `${c.minute} * * * *`
    case 'daily':
      return `${c.minute} ${c.hour} * * *`
    case 'weekly':
      return `${c.minute} ${c.hour} * * ${[...c.days].sort().map((d) => NAMES[d]).join(',') || 'MON'}`
    case 'monthly':
      return `${c.minute} ${c.hour} ${c.day === 0 ? 'L' : c.day} * *`
    case 'raw':
      return c.raw.trim()
  }
}

/** Hours and minutes as they stand on a clock. */
export const clock = (c: Choice): string => [c.hour, c.minute].map((n) => String(n).padStart(2, '0')).join(':')

/** A day of the week in short; 0 is Sunday. */
export const weekday = (lang: string, day: number): string =>
  // 4 January 1970 was a Sunday.
  new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' }).format(new Date((day + 3) * 86_400_000))

/** Days of the week as one says them: from Monday on. */
export const weekdaysSaid = (lang: string, days: number[]): string =>
  new Intl.ListFormat(lang).format([...days].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map((day) => weekday(lang, day)))

const whole = (text: string, most: number): number | null => (/^\d{1,2}$/.test(text) && Number(text) <= most ? Number(text) : null)

function weekdays(text: string): number[] | null {
  const days = text.split(',').map((part) => {
    const named = NAMES.indexOf(part.toUpperCase())
    return named >= 0 ? named : /^[0-7]$/.test(part) ? Number(part) % 7 : null
  })
  return days.every((d): d is number => d !== null) ? [...new Set(days)] : null
}

/** The choice that an expression is; what can't be chosen is shown as it was written. */
export function choiceOf(text: string): Choice {
  const raw: Choice = { ...FIRST, often: 'raw', raw: text }
  const [m = '', h = '', dom = '', month = '', dow = '', ...rest] = text.trim().split(/\s+/)
  if (rest.length > 0 || month !== '*') return raw
  const every = /^\*\/(\d+)$/.exec(m)
  if (every && EVERY.includes(Number(every[1])) && h === '*' && dom === '*' && dow === '*') return { ...raw, often: 'minutes', every: Number(every[1]) }
  const minute = whole(m, 59)
  if (minute === null) return raw
  if (h === '*' && dom === '*' && dow === '*') return { ...raw, often: 'hourly', minute }
  const hour = whole(h, 23)
  if (hour === null) return raw
  if (dom === '*' && dow === '*') return { ...raw, often: 'daily', minute, hour }
  if (dom === '*') {
    const days = weekdays(dow)
    return days ? { ...raw, often: 'weekly', minute, hour, days } : raw
  }
  const day = dom.toUpperCase() === 'L' ? 0 : whole(dom, 31)
  return dow === '*' && day !== null && (day > 0 || dom.toUpperCase() === 'L') ? { ...raw, often: 'monthly', minute, hour, day } : raw
}
