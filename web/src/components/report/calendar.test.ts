import { describe, expect, it } from 'vitest'
import { calendarTicks, moment, turn } from './calendar'

const labels = (low: number, high: number, lang: 'en' | 'zh-CN' = 'en') => calendarTicks(lang, low, high, 6).map((tick) => tick.label)
// 2 January 2024 at 18:00, as the server's own test has it.
const FROM = 19_724.75

describe('an axis of times', () => {
  it('tells a day or so by the hour, with the day where it begins', () => {
    expect(labels(FROM, FROM + 1)).toEqual(['2 Jan 18:00', '3 Jan', '06:00', '12:00', '18:00'])
    expect(labels(FROM, FROM + 0.5, 'zh-CN')).toEqual(['1月2日 18:00', '20:00', '22:00', '1月3日', '02:00', '04:00', '06:00'])
    expect(labels(FROM, FROM + 0.01).slice(0, 3)).toEqual(['2 Jan 18:00', '18:05', '18:10'])
  })
  it('tells days, months and years as the span grows', () => {
    expect(labels(FROM, FROM + 5)).toEqual(['3 Jan 2024', '4 Jan', '5 Jan', '6 Jan', '7 Jan'])
    expect(labels(19_723, 19_723 + 365)).toEqual(['Jan 2024', 'Mar', 'May', 'Jul', 'Sep', 'Nov'])
    expect(labels(FROM, FROM + 3650, 'zh-CN').at(-1)).toBe('2032年')
  })
  it('has ticks within its ends, ascending, for spans of minutes to centuries', () => {
    for (let size = 0.001; size < 90_000; size *= 1.7) {
      const ticks = calendarTicks('en', 12_345.678, 12_345.678 + size, 6)
      expect(ticks.length, `${size}`).toBeLessThan(22)
      ticks.forEach((tick, i) => {
        expect(tick.value).toBeGreaterThanOrEqual(12_345.678 - 1e-6)
        expect(tick.value).toBeLessThanOrEqual(12_345.678 + size + 1e-6)
        expect(tick.value).toBeGreaterThan(ticks[i - 1]?.value ?? 0)
      })
    }
  })
  it('says what turns at a tick, and more at the first', () => {
    const day = (text: string) => Date.parse(text) / 86_400_000
    const said = (text: string, first = false) => [turn('en', day(text), first), turn('zh-CN', day(text), first)]
    expect(said('2024-01-02T18:00:30Z')).toEqual(['18:00:30', '18:00:30'])
    expect(said('2024-01-02T18:05:00Z')).toEqual(['18:05', '18:05'])
    expect(said('2024-01-02T18:05:00Z', true)).toEqual(['2 Jan 18:05', '1月2日 18:05'])
    expect(said('2024-01-03T00:00:00Z')).toEqual(['3 Jan', '1月3日'])
    expect(said('2024-02-01T00:00:00Z')).toEqual(['Feb', '2月'])
    expect(said('2025-01-01T00:00:00Z')).toEqual(['2025', '2025年'])
    expect(said('2025-01-01T00:00:00Z', true)).toEqual(['Jan 2025', '2025年1月'])
  })
  it('says a single moment in full', () => {
    expect(calendarTicks('zh-CN', FROM, FROM, 6)).toEqual([{ value: FROM, label: '2024年1月2日 18:00' }])
    expect(moment('en', FROM)).toBe('2 Jan 2024 18:00')
  })
})
