import { expect, it } from 'vitest'
import { tidy } from './quality'

const columns = [
  { name: 'amount', type: 'number' },
  { name: 'day', type: 'date' },
  { name: 'member', type: 'boolean' },
]

it('keeps the parts of the kind, in the type of the columns', () => {
  expect(tidy({ kind: 'range', columns: ['amount'], min: '0', max: ' ', pattern: 'left over' }, columns)).toEqual({ kind: 'range', columns: ['amount'], blocking: false, min: 0 })
  expect(tidy({ kind: 'range', columns: ['day'], min: '2024-01-01' }, columns)).toEqual({ kind: 'range', columns: ['day'], blocking: false, min: '2024-01-01' })
  expect(tidy({ kind: 'set', columns: ['member'], values: ['true'] }, columns)).toEqual({ kind: 'set', columns: ['member'], blocking: false, values: [true] })
  expect(tidy({ kind: 'unique', columns: ['amount', 'day'], values: ['x'] }, columns)).toEqual({ kind: 'unique', columns: ['amount', 'day'], blocking: false })
  expect(tidy({ kind: 'not_null', columns: ['day'], blocking: true }, columns).blocking).toBe(true)
})
