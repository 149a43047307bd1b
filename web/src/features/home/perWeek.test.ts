import { expect, it } from 'vitest'
import { perWeek } from './perWeek'

it('counts by week, the newest last, and leaves out what is older', () => {
  const now = new Date('2026-03-31T00:00:00Z')
  expect(perWeek(['2026-03-30T00:00:00Z', '2026-03-29T00:00:00Z', '2026-03-20T00:00:00Z', '2020-01-01T00:00:00Z'], now, 3)).toEqual([0, 1, 2])
})
