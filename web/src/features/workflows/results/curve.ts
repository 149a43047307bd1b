// The rounds of a model's learning as lines. Pure.
import type { Curve, Round } from '@/api/workflow'

/** A line for each series that was measured at all, through the rounds in which it was. */
export function linesOf(rounds: readonly Round[]): Curve[] {
  return (['training', 'validation'] as const).flatMap((series) => {
    const points = rounds.flatMap((one): [number, number][] => (one[series] === null ? [] : [[one.round, one[series]]]))
    return points.length > 0 ? [{ series, points }] : []
  })
}
