import { expect, it } from 'vitest'
import { mapping } from './mapping'

const roles = ['customer', 'time', 'amount']
const columns = ['id', 'card', 'day', 'paid']
const suggested = { customer: 'id', time: 'day', amount: 'paid' }

it('takes what is suggested where nothing was chosen before', () => {
  expect(mapping(roles, columns, suggested)).toEqual(suggested)
})

it('takes the columns of an earlier run, and leaves out what it left out', () => {
  expect(mapping(roles, columns, suggested, { customer: 'card', time: 'day' })).toEqual({ customer: 'card', time: 'day', amount: undefined })
})

it('falls back to the suggestion where a column is gone', () => {
  expect(mapping(roles, columns, suggested, { customer: 'household', time: 'day' })).toMatchObject({ customer: 'id' })
})
