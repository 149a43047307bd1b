import { expect, it } from 'vitest'
import { headline, verdict } from './measures'

it('knows which way is better', () => {
  expect(verdict('auc', 0.8, 0.85)).toBe('better')
  expect(verdict('test_log_loss', 0.4, 0.5)).toBe('worse')
  expect(verdict('rmse', 3, 2)).toBe('better')
  expect(verdict('auc', 0.8, 0.8)).toBe('same')
  expect(verdict('auc', null, 0.8)).toBe('unknown')
  expect(verdict('rows', 10, 20)).toBe('unknown')
})

it('what says most comes first, and what is not known not at all', () => {
  const metrics = [{ name: 'rows', value: 9 }, { name: 'log_loss', value: 0.4 }, { name: 'accuracy', value: null }, { name: 'test_auc', value: 0.8 }]
  expect(headline(metrics, 2).map((m) => m.name)).toEqual(['test_auc', 'log_loss'])
})
