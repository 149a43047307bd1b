// A file dropped on one page and imported on the next. Files can't stand in an
// address, so this is the one thing that is handed over in memory.
let pending: File | null = null

export function handOver(file: File): void {
  pending = file
}

export function takeOver(): File | null {
  const file = pending
  pending = null
  return file
}
