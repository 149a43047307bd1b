import { expect, it } from 'vitest'
import { isTwofold, nameIn, named, settled } from './label'

it('one name is for readers of both languages until one of them gets its own', () => {
  let label = named(undefined, 'en', 'en', 'Orders')
  expect(label).toBe('Orders')
  expect([nameIn(label, 'en'), nameIn(label, 'zh-CN'), isTwofold(label)]).toEqual(['Orders', 'Orders', false])
  label = named(label, 'zh-CN', 'en', '订单')
  expect(label).toEqual({ en: 'Orders', 'zh-CN': '订单' })
  expect(named(label, 'en', 'en', 'Sales')).toEqual({ en: 'Sales', 'zh-CN': '订单' })
})

it('a name that is cleared to be written anew is not filled from the other language meanwhile', () => {
  const clearing = named({ en: 'Orders', 'zh-CN': '订单' }, 'en', 'en', '')
  expect(nameIn(clearing, 'en')).toBe('')
  expect(settled(clearing)).toBe('订单')
})

it('what is the same in both, or nothing, is written once', () => {
  expect(settled({ en: 'A', 'zh-CN': 'A ' })).toBe('A')
  expect(settled({ en: ' ', 'zh-CN': '' })).toBeNull()
  expect(settled({ en: 'A', 'zh-CN': '甲' })).toEqual({ en: 'A', 'zh-CN': '甲' })
  expect(settled('')).toBeNull()
})
