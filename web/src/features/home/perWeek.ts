const WEEK = 7 * 86_400_000

/** How many of these moments fall into each of the last weeks, the oldest first. */
export function perWeek(moments: string[], now: Date, weeks: number): number[] {
  const counts = new Array<number>(weeks).fill(0)
  for (const moment of moments) {
    const back = Math.floor((now.getTime() - new Date(moment).getTime()) / WEEK)
    const at = weeks - 1 - back
    if (back >= 0 && at >= 0) counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}
