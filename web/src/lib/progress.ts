interface Point {
  at: number
  done: number
}

/** Milliseconds until the phase is through, from its speed so far; null while that says nothing. */
export function timeLeft(from: Point, now: Point, total: number | null): number | null {
  const elapsed = now.at - from.at
  const moved = now.done - from.done
  if (total === null || elapsed < 800 || moved <= 0 || now.done >= total) return null
  return ((total - now.done) * elapsed) / moved
}
