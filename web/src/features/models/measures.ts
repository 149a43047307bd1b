// Measures of models: what they are called, and which way is better. Pure.

/** The measures of which less is better. */
const LESS = /loss|brier|error|rmse|mae|mape|mse|deviation|inertia/

export type Verdict = 'better' | 'worse' | 'same' | 'unknown'

/** Whether a measure got better between two versions. */
export function verdict(name: string, from: unknown, to: unknown): Verdict {
  if (typeof from !== 'number' || typeof to !== 'number') return 'unknown'
  if (from === to) return 'same'
  if (/^(rows|base_rate|threshold|positives|trees|rounds)$/.test(name)) return 'unknown'
  return (LESS.test(name) ? to < from : to > from) ? 'better' : 'worse'
}

/** The measures that say most, first: at the head of a page and on cards. */
const FIRST = ['auc', 'accuracy', 'r2', 'rmse', 'average_precision', 'log_loss', 'silhouette', 'mae', 'explained_variance']

export function headline<M extends { name: string; value: number | null }>(metrics: readonly M[], most: number): M[] {
  const rank = (m: M) => {
    const at = FIRST.findIndex((name) => m.name === name || m.name.endsWith(`_${name}`))
    return at < 0 ? FIRST.length : at
  }
  return [...metrics].filter((m) => m.value !== null).sort((a, b) => rank(a) - rank(b)).slice(0, most)
}
