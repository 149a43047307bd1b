import { expect, it } from 'vitest'
// @ts-expect-error a plain script, shared with the lint configuration
import { violation } from '../../scripts/import-direction.js'

const check = violation as (from: string, to: string) => string | null

it('imports go down, and never from one feature to another', () => {
  expect(check('features/data/DataList.tsx', 'components/Page')).toBeNull()
  expect(check('features/data/DataList.tsx', 'features/data/pending')).toBeNull()
  expect(check('app/router.tsx', 'features/home/Home')).toBeNull()
  expect(check('features/data/DataList.tsx', 'features/home/Home')).toContain('feature')
  expect(check('components/Page.tsx', 'features/home/Home')).toContain('may not')
  expect(check('lib/urls.ts', 'api/client')).toContain('may not')
  expect(check('api/client.ts', 'components/Page')).toContain('may not')
})
