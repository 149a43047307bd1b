import { typeKind } from '@/lib/types'

/** Whether a column's type may play a role that accepts these types. */
export function fits(type: string, accepts: readonly string[]): boolean {
  if (accepts.length === 0) return true
  const kind = typeKind(type)
  const names: Record<ReturnType<typeof typeKind>, string[]> = {
    integer: ['integer', 'number'],
    decimal: ['number', 'decimal'],
    text: ['text'],
    boolean: ['boolean'],
    date: ['date'],
    time: ['timestamp'],
    other: [],
  }
  return names[kind].some((name) => accepts.includes(name))
}
