import { expect, it } from 'vitest'
import { linesOf } from './curve'

it('a series goes through the rounds in which it was measured, and is left out where it never was', () => {
  const rounds = [
    { round: 1, training: null, validation: null },
    { round: 5, training: 0.52, validation: null },
    { round: 10, training: 0.49, validation: null },
  ]
  expect(linesOf(rounds)).toEqual([{ series: 'training', points: [[5, 0.52], [10, 0.49]] }])
  expect(linesOf([])).toEqual([])
})
