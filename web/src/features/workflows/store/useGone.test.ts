import { expect, it } from 'vitest'
import type { Edit, Person } from '@/api/workflow'
import { received } from '../model/session'
import { workflow } from '../model/testing'
import { openDocument } from './document'
import { byWhom, takenAway } from './useGone'

const removed: Edit[] = [{ op: 'remove_node', id: 'b' }]
const bea = { client: 'w2', user: { id: 'u', name: 'Bea' }, color: 1, x: 0, y: 0, selected: [] } satisfies Person

it('what somebody else removes is told from what one removes oneself, and by whom', () => {
  const mine = openDocument(workflow('a=source b=filter a>b'), 1, false)
  const before = mine.store.get()
  mine.edit(removed)
  expect(takenAway(before, mine.store.get(), 'b')).toBe(false)
  // The server tells one's own change back.
  const asked = mine.store.get()
  mine.store.set({ session: received(asked.session, removed, 2, true) })
  expect(takenAway(asked, mine.store.get(), 'b')).toBe(false)

  const other = openDocument(workflow('a=source b=filter a>b'), 1, false)
  other.store.set({ people: [bea] })
  const seen = other.store.get()
  other.store.set({ session: received(seen.session, removed, 2, false), news: 'w2.7' })
  expect(takenAway(seen, other.store.get(), 'b')).toBe(true)
  expect(takenAway(seen, other.store.get(), 'a')).toBe(false)
  expect(byWhom(other.store.get())).toBe('Bea')
  other.store.set({ news: 'w21.7' })
  expect(byWhom(other.store.get()), 'another window, or a program').toBeNull()
})
