import { expect, it } from 'vitest'
import { toProfile } from './model'

it('reads the document of the profiler', () => {
  const profile = toProfile({
    rows: 10,
    key_candidates: [{ column: 'id', certain: true }],
    columns: [
      {
        name: 'amount', kind: 'number', data_type: 'Float64', nulls: 2, null_share: 0.2, distinct: { count: 5, exact: false, relative_error: 0.0081 },
        min: 1, max: 9, mean: 4.5, std: 1.2, sum: 36, zeros: 0, negatives: 0, not_finite: 0, text: null,
        quantiles: { values: [{ p: 0.5, value: 4 }], exact: true, rank_error: 0 },
        histogram: { bins: [{ from: 1, to: 5, count: 6 }, { from: 5, to: 9, count: 2 }], below: 0, above: 1, exact: true },
        top: [{ value: 4, count: 3, share: 0.375, exact: true }],
        warnings: [{ code: 'outliers', figures: { count: 1 } }],
      },
    ],
  })
  expect(profile.keys).toEqual([{ column: 'id', certain: true }])
  expect(profile.columns[0]).toMatchObject({
    type: 'number', nulls: 2, distinct: 5, distinctExact: false, quantiles: [{ p: 0.5, value: 4 }], lengths: null,
    warnings: [{ code: 'outliers', figures: { count: 1 }, example: null }],
  })
  expect(profile.columns[0]?.histogram?.bins.map((b) => b.count)).toEqual([6, 2])
})

it('reads a document of another shape as far as it goes', () => {
  expect(toProfile(null)).toEqual({ rows: 0, columns: [], keys: [] })
})
