import { expect, it } from 'vitest'
import { choiceOf, clock, expression, FIRST, weekdaysSaid } from './cron'

it('a choice is an expression and back', () => {
  for (const choice of [
    { ...FIRST, often: 'minutes' as const, every: 15 },
    { ...FIRST, often: 'hourly' as const, minute: 20 },
    { ...FIRST, often: 'daily' as const, hour: 23, minute: 5 },
    { ...FIRST, often: 'weekly' as const, days: [1, 5], hour: 6 },
    { ...FIRST, often: 'monthly' as const, day: 0, hour: 7 },
    { ...FIRST, often: 'monthly' as const, day: 31, hour: 7 },
  ]) {
    const text = expression(choice)
    expect(choiceOf(text)).toEqual({ ...choice, raw: text })
  }
})

it('says what is meant', () => {
  expect(expression({ ...FIRST, often: 'weekly', days: [5, 1] })).toBe('0 6 * * MON,FRI')
  expect(expression({ ...FIRST, often: 'monthly', day: 0 })).toBe('0 6 L * *')
  expect(choiceOf('30 8 * * 7').days).toEqual([0])
})

it('is told in words, the week from Monday on', () => {
  expect(clock({ ...FIRST, hour: 6, minute: 5 })).toBe('06:05')
  expect(weekdaysSaid('en', [0, 1])).toBe('Mon and Sun')
  expect(weekdaysSaid('zh-CN', [0, 3, 1])).toBe('周一、周三和周日')
})

it('what cannot be chosen stays as it was written', () => {
  for (const text of ['0 6 * 1 *', '0 6 1 * MON', '*/7 * * * *', '0 6 * * MON#2', '0 25 * * *', '', 'nonsense', '0 6 0 * *', '1-5 6 * * *']) {
    expect(choiceOf(text).often, text).toBe('raw')
    expect(expression(choiceOf(text))).toBe(text)
  }
})
