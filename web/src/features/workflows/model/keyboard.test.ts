import { expect, it } from 'vitest'
import { isKey, shownKeys } from './keyboard'

const press = (key: string, more: Partial<{ code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })

it('knows keys with and without others held', () => {
  expect(isKey(press('Z', { code: 'KeyZ', ctrlKey: true, shiftKey: true }), 'Mod+Shift+z')).toBe(true)
  expect(isKey(press('Z', { code: 'KeyZ', ctrlKey: true, shiftKey: true }), 'Mod+z')).toBe(false)
  expect(isKey(press('z', { code: 'KeyZ', metaKey: true }), 'Mod+z')).toBe(true)
  expect(isKey(press('å', { code: 'KeyA', altKey: true }), 'Alt+a')).toBe(true)
  expect(isKey(press('!', { code: 'Digit1', shiftKey: true }), 'Shift+1')).toBe(true)
  expect(isKey(press('?', { code: 'Slash', shiftKey: true }), '?')).toBe(true)
  expect(isKey(press('/', { code: 'Slash' }), '/')).toBe(true)
  expect(isKey(press('+', { code: 'Equal', shiftKey: true }), '+')).toBe(true)
  expect(isKey(press('.', { ctrlKey: true }), 'Mod+.')).toBe(true)
  expect(isKey(press('c', { code: 'KeyC', ctrlKey: true }), 'c')).toBe(false)
  expect(isKey(press('Enter', { shiftKey: true }), 'Shift+Enter')).toBe(true)
})

it('writes keys as they stand on the keyboard', () => {
  expect(shownKeys('Mod+Shift+z', false)).toEqual(['Ctrl', 'Shift', 'Z'])
  expect(shownKeys('Mod+.', true)).toEqual(['⌘', '.'])
  expect(shownKeys('+', false)).toEqual(['+'])
})
