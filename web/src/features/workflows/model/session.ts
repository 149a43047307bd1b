// The document between a browser and the server: what the server has, what is
// on its way there, what waits, and what all of it together shows. Pure.
import type { Edit, Workflow } from '@/api/workflow'
import { applyAll, queued } from './edits'

export interface Session {
  /** As the server has it, at `revision`. */
  confirmed: Workflow
  revision: number
  /** On its way to the server. */
  sending: Edit[]
  /** To be sent next. */
  queue: Edit[]
  /** What people see: all of it. */
  shown: Workflow
}

export function open(workflow: Workflow, revision: number): Session {
  return { confirmed: workflow, revision, sending: [], queue: [], shown: workflow }
}

function rebuilt(session: Omit<Session, 'shown'>): Session {
  const shown = applyAll(session.confirmed, [...session.sending, ...session.queue]).workflow
  return { ...session, shown }
}

/** A change made here: seen at once, sent later. Gives what undoes it. */
export function edited(session: Session, edits: readonly Edit[]): { session: Session; undo: Edit[] } {
  const { workflow, undo } = applyAll(session.shown, edits)
  if (undo.length === 0) return { session, undo }
  return { session: { ...session, shown: workflow, queue: queued(session.queue, edits) }, undo }
}

/** What waits goes on its way; nothing where something is still under way. */
export function sent(session: Session): Session {
  if (session.sending.length > 0 || session.queue.length === 0) return session
  return { ...session, sending: session.queue, queue: [] }
}

/** It did not get there: it waits again, before what came after it. */
export function unsent(session: Session): Session {
  return { ...session, sending: [], queue: queued(session.sending, session.queue) }
}

/** Edits that the server has taken, of others or (`mine`) what was on its way. Old news changes nothing. */
export function received(session: Session, edits: readonly Edit[], revision: number, mine: boolean): Session {
  if (revision <= session.revision) return mine ? rebuilt({ ...session, sending: [] }) : session
  const confirmed = applyAll(session.confirmed, edits).workflow
  const sending = mine ? [] : session.sending
  // Where nothing waits here, the two are one document, so that what did not change stays the very same.
  if (sending.length + session.queue.length === 0) return { ...session, confirmed, revision, sending, shown: confirmed }
  return rebuilt({ ...session, confirmed, revision, sending })
}

/** Begins again from what the server has now; what waits here stays. `arrived`: what was on its way is part of it. */
export function reset(session: Session, workflow: Workflow, revision: number, arrived: boolean): Session {
  // Read before what is known by now was there.
  if (revision < session.revision) return arrived ? rebuilt({ ...session, sending: [] }) : session
  return rebuilt({ ...session, confirmed: workflow, revision, sending: arrived ? [] : session.sending })
}

/** Begins again from what the server has now, whatever was known of it; what waits here stays. */
export function reopened(session: Session, workflow: Workflow, revision: number): Session {
  return rebuilt({ ...session, confirmed: workflow, revision })
}

/** What waits here is thrown away. */
export function dropped(session: Session): Session {
  return open(session.confirmed, session.revision)
}

/** How many changes the server doesn't have yet. */
export const waiting = (session: Session) => session.sending.length + session.queue.length
