import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Edit } from '@/api/workflow'
import { leftBehind, startKeeping, throwAway, type Keeper, type Kept } from './kept'

const label = (text: string): Edit => ({ op: 'set_label', id: 'a', label: text })
const queue = (...texts: string[]): Kept => ({ batch: null, queue: texts.map(label) })

/** Locks as a browser has them: one holder at a time, the others wait. */
class Locks {
  private tails = new Map<string, Promise<unknown>>()
  async request(name: string, options: { signal?: AbortSignal } | (() => unknown), then?: () => unknown) {
    const signal = typeof options === 'function' ? undefined : options.signal
    const act = typeof options === 'function' ? options : (then as () => unknown)
    const mine = (this.tails.get(name) ?? Promise.resolve()).then(() => (signal?.aborted ? undefined : act()))
    this.tails.set(name, mine.catch(() => undefined))
    return mine
  }
}

const opened: Keeper[] = []
const open = (client: string, onLeft: (left: Kept) => Promise<boolean> = () => Promise.resolve(false), person = 'ann') => {
  const keeper = startKeeping({ person, assetId: 'w', client, onLeft })
  opened.push(keeper)
  return keeper
}
const soon = () => new Promise((done) => setTimeout(done))

beforeEach(() => localStorage.clear())
afterEach(() => {
  opened.splice(0).forEach((keeper) => keeper.close())
  vi.unstubAllGlobals()
})

it('two windows keep theirs beside each other, and each takes away its own alone', () => {
  const one = open('one')
  const two = open('two')
  one.keep(queue('from one'))
  two.keep(queue('from two'))
  expect(leftBehind('ann', 'w')).toHaveLength(2)
  one.keep(queue())
  expect(leftBehind('ann', 'w')).toEqual([label('from two')])
  expect(leftBehind('bob', 'w')).toEqual([])
})

it('with locks a window waits until another has gone, and takes over what that left then', async () => {
  vi.stubGlobal('navigator', { locks: new Locks() })
  const one = open('one')
  one.keep(queue('first'))
  const taken = vi.fn(() => Promise.resolve(true))
  open('two', taken)
  await soon()
  expect(taken).not.toHaveBeenCalled()
  one.keep(queue('first', 'second'))
  one.close()
  await soon()
  expect(taken.mock.calls).toEqual([[expect.objectContaining(queue('first', 'second'))]])
  expect(leftBehind('ann', 'w')).toEqual([])
})

it('what is not taken over stays for the next', async () => {
  const gone = open('gone')
  gone.keep({ batch: { key: 'gone.1', base: 3, edits: [label('sent?')] }, queue: [label('not sent')] })
  gone.close()
  open('one')
  await soon()
  expect(leftBehind('ann', 'w')).toEqual([label('sent?'), label('not sent')])
  const taken = vi.fn(() => Promise.resolve(true))
  open('two', taken)
  await soon()
  expect(taken).toHaveBeenCalledWith(expect.objectContaining({ batch: { key: 'gone.1', base: 3, edits: [label('sent?')] } }))
  expect(localStorage.length).toBe(0)
})

it('a page that goes away leaves what it holds to the next', async () => {
  const one = open('one')
  one.keep(queue('kept'))
  const early = vi.fn(() => Promise.resolve(true))
  open('two', early)
  await soon()
  expect(early).not.toHaveBeenCalled()
  window.dispatchEvent(new Event('pagehide'))
  expect(JSON.parse(localStorage.getItem('tandem.edits.ann.w.one') ?? '')).toMatchObject({ left: true })
})

it('what can’t be read and what is a month old goes, and a person throws away their own', () => {
  const day = 86_400_000
  const entry = (at: number) => JSON.stringify({ batch: null, queue: [label('x')], at, left: true })
  localStorage.setItem('tandem.edits.ann.w.broken', '{')
  localStorage.setItem('tandem.edits.bob.v.old', entry(Date.now() - 31 * day))
  localStorage.setItem('tandem.edits.bob.w.new', entry(Date.now() - 29 * day))
  localStorage.setItem('tandem.edits.ann.w.hers', entry(Date.now()))
  localStorage.setItem('tandem.theme', 'dark')
  open('one')
  throwAway('ann', 'w')
  expect(Object.keys(localStorage).sort()).toEqual(['tandem.edits.bob.w.new', 'tandem.theme'])
})

it('a browser without room is no reason to stop', () => {
  const keeper = open('one')
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => { throw new DOMException('', 'QuotaExceededError') }, removeItem: () => undefined, key: () => null, length: 0 })
  expect(() => keeper.keep(queue('much'))).not.toThrow()
})
