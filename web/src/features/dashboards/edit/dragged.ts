// What is being dragged. The browser keeps what a drag carries hidden until it
// is dropped, and places must know sooner whether it fits.
import type { DragEvent } from 'react'
import type { Field } from '../model/fields'

export type Dragged = { kind: 'field'; source: string; field: Field } | { kind: 'chip'; well: string; at: number; source: string; field: Field } | { kind: 'block'; id: string }

let now: Dragged | null = null

export function startDrag(event: DragEvent, what: Dragged): void {
  now = what
  event.dataTransfer.effectAllowed = 'copyMove'
  event.dataTransfer.setData('text/plain', what.kind === 'block' ? what.id : what.field.name)
}
export const endDrag = () => {
  now = null
}
export const dragged = () => now
