import { expect, it } from 'vitest'
import { toSent, toShown, toTyped } from './mentions'

const people = [{ id: '1a', name: 'Ana' }, { id: '2b', name: 'Ana Lee' }, { id: '3c', name: '王伟' }]

it('names become mentions, the longest first, and only whole ones', () => {
  expect(toSent('@Ana Lee look, and @Ana too', people)).toBe('@[Ana Lee](user:2b) look, and @[Ana](user:1a) too')
  expect(toSent('@Anabel is somebody else; mail a@Ana.com', people)).toBe('@Anabel is somebody else; mail a@[Ana](user:1a).com')
  expect(toSent('请@王伟看一下', people)).toBe('请@[王伟](user:3c)看一下')
  expect(toSent('nobody @Bob', people)).toBe('nobody @Bob')
})

it('mentions are read and typed as names', () => {
  expect(toTyped('@[Ana Lee](user:2b) look')).toBe('@Ana Lee look')
  expect(toShown('@[Ana Lee](user:2b) look')).toBe('**@Ana Lee** look')
  expect(toSent(toTyped('@[王伟](user:3c)好'), people)).toBe('@[王伟](user:3c)好')
})
