import { afterEach, expect, it } from 'vitest'
import { PAUSE_MS, watchTyping } from './typing'

afterEach(() => document.body.replaceChildren())

const press = (key: string, target: Element, timeStamp: number, more: { ctrlKey?: boolean } = {}) => ({ key, target, timeStamp, ctrlKey: false, metaKey: false, altKey: false, ...more })
const field = () => document.body.appendChild(document.createElement('input'))

it('letters that were meant for a field that is gone are swallowed until a pause', () => {
  const typing = watchTyping()
  const input = field()
  expect(typing.isLost(press('a', input, 0))).toBe(false)
  input.remove()
  // One may have thought for long in between.
  expect(typing.isLost(press('n', document.body, 60_000))).toBe(true)
  expect(typing.isLost(press('Backspace', document.body, 61_000))).toBe(true)
  expect(typing.isLost(press('z', document.body, 61_100, { ctrlKey: true })), 'what is held with Ctrl is meant').toBe(false)
  expect(typing.isLost(press('l', document.body, 61_900))).toBe(true)
  expect(typing.isLost(press('l', document.body, 61_900 + PAUSE_MS + 1))).toBe(false)
})

it('a click or Escape ends it', () => {
  for (const end of ['click', 'Escape']) {
    const typing = watchTyping()
    const input = field()
    typing.isLost(press('a', input, 0))
    input.remove()
    expect(typing.isLost(press('n', document.body, 10))).toBe(true)
    if (end === 'click') typing.clicked()
    else typing.isLost(press('Escape', document.body, 20))
    expect(typing.isLost(press('n', document.body, 30))).toBe(false)
  }
})

it('who leaves a field by a key of their own gives commands at once', () => {
  const typing = watchTyping()
  const input = field()
  typing.isLost(press('a', input, 0))
  typing.isLost(press('Enter', input, 5))
  input.remove()
  expect(typing.isLost(press('n', document.body, 10))).toBe(false)
  const other = field()
  typing.isLost(press('a', other, 20))
  expect(typing.isLost(press('n', document.body, 30)), 'the field is still there').toBe(false)
})
