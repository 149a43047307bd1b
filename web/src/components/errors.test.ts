import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { brokenPolicy } from './useErrorText'

it('rules of a dataset that do not fit it are told from what a reader fills in, by the words that the engine has', () => {
  const engine = readFileSync(join(import.meta.dirname, '../../../crates/tandem-engine/src/govern/predicate.rs'), 'utf8')
  const said = /ErrorCode::InvalidParameter, format!\("\{message\} ([^"]+)"\)/.exec(engine)?.[1]
  expect(brokenPolicy('invalid_parameter', `The row filter names the column “x”, which isn’t there. ${said}`)).toBe(true)
  expect(brokenPolicy('invalid_parameter', 'params.rate: not a number.')).toBe(false)
  expect(brokenPolicy('forbidden', `${said}`)).toBe(false)
  expect(brokenPolicy('forbidden', 'This version is closed to you: rules keep some of the dataset from you.')).toBe(true)
})
