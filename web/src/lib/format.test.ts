import { describe, expect, it } from 'vitest'
import * as f from './format'

describe('numbers', () => {
  it('carry the separators of the language and a sensible precision', () => {
    expect(f.number('en', 1234567.891)).toBe('1,234,568')
    expect(f.number('en', 12.3456)).toBe('12.35')
    expect(f.number('en', 0.012345)).toBe('0.012')
    expect(f.number('zh-CN', 98765)).toBe('98,765')
    expect(f.number('en', Number.NaN)).toBe('–')
  })
  it('are shortened the way each language counts', () => {
    expect(f.compact('en', 1_250_000)).toBe('1.3M')
    expect(f.compact('zh-CN', 1_250_000)).toBe('125万')
    expect(f.compact('en', 999)).toBe('999')
    expect(f.compact('zh-CN', 6589)).toBe('6,589')
  })
  it('show small shares with enough digits to be told from nothing', () => {
    expect(f.percent('en', 0)).toBe('0%')
    expect(f.percent('en', 0.004)).toBe('0.4%')
    expect(f.percent('en', 0.0004)).toBe('0.04%')
    expect(f.percent('en', 0.834)).toBe('83%')
  })
  it('of bytes take the unit that fits', () => {
    expect(f.bytes('en', 999)).toBe('999 B')
    expect(f.bytes('en', 2_310_000)).toBe('2.3 MB')
    expect(f.bytes('en', 640_000_000)).toBe('640 MB')
  })
})

describe('times', () => {
  it('carry their zone', () => {
    expect(f.moment('en', '2026-03-05T08:26:00Z', 'UTC')).toBe('5 Mar 2026, 08:26 UTC')
    expect(f.clock('2026-03-05T23:26:07.089Z', 'Asia/Shanghai')).toBe('07:26:07.089')
    expect(f.clock('never')).toBe('–')
    expect(f.moment('zh-CN', '2026-03-05T16:26:00Z', 'Asia/Shanghai')).toBe('2026年3月6日 00:26 GMT+8')
    expect(f.date('en', new Date(2026, 8, 1))).toBe('1 Sep 2026')
  })
  it('are told as how long ago', () => {
    const now = new Date('2026-03-05T12:00:00Z')
    expect(f.ago('en', '2026-03-05T11:57:00Z', now)).toBe('3 minutes ago')
    expect(f.ago('zh-CN', '2026-03-04T11:57:00Z', now)).toBe('昨天')
    expect(f.ago('en', '2026-03-05T11:59:58Z', now)).toBe('now')
  })
  it('of work are written to the precision that matters', () => {
    expect(f.duration('en', 84)).toBe('84 ms')
    expect(f.duration('en', 4_260)).toBe('4.3 sec')
    expect(f.duration('en', 185_000)).toBe('3 min 5 sec')
    expect(f.duration('zh-CN', 185_000)).toBe('3分钟 5秒')
  })
})

it('words fall back to English where Chinese is empty', () => {
  expect(f.words('zh-CN', { en: 'Week', 'zh-CN': '周' })).toBe('周')
  expect(f.words('zh-CN', { en: 'Week', 'zh-CN': '' })).toBe('Week')
  expect(f.words('en', null)).toBe('')
})

it('a name inside of a Chinese sentence stands apart where it is written in Latin letters', () => {
  expect(`${f.inside('zh-CN', 'Folded fails')}的运行`).toBe(' Folded fails 的运行')
  expect(`${f.inside('zh-CN', '对照')}的运行`).toBe('对照的运行')
  expect(`已被${f.inside('zh-CN', '小王2')}删除`).toBe('已被小王2 删除')
  expect(f.inside('en', 'Churn')).toBe('Churn')
})
