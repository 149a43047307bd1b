import { expect, it } from 'vitest'
import { toProfile } from './model'

it('a document of another shape is read as far as it goes', () => {
  expect(toProfile(null)).toEqual({ rows: 0, columns: [], keys: [], warnings: [] })
  const profile = toProfile({ rows: 10, columns: [{ name: 'a', type: 'text', warnings: ['constant'], distinct: { count: 3, exact: false } }] })
  expect(profile.columns[0]).toMatchObject({ name: 'a', nulls: 0, distinct: 3, distinctExact: false, warnings: [{ code: 'constant' }], histogram: null })
})
