import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { readDraft, sendEdits, workflowQuery, type Edit, type Text, type Workflow } from '@/api/workflow'
import { useMutate } from '@/components/useMutate'
import { randomId } from '@/lib/random'
import { applyAll } from '../model/edits'

interface Done {
  /** What was done, for the reader. */
  said: string
  /** What takes it back. */
  undo: Edit[]
}

export interface Restore {
  /** Makes a change of the draft as it is by now. */
  make: (said: string, edits: (now: Workflow) => Edit[]) => void
  undo: () => void
  /** What was done last, and can be undone. */
  last: string | null
  /** Changes that no longer applied. */
  refused: Text[]
  /** Somebody else has done it already. */
  idle: boolean
  busy: boolean
}

/** Changes of the draft from beside it: sent at once, each can be taken back. */
export function useRestore(assetId: string): Restore {
  const client = useQueryClient()
  const [done, setDone] = useState<Done[]>([])
  const [refused, setRefused] = useState<Text[]>([])
  const [idle, setIdle] = useState(false)
  const send = useMutate(async ({ said, edits }: { said: string | null; edits: (now: Workflow) => Edit[] }) => {
    const draft = await readDraft(assetId)
    const wanted = edits(draft.workflow)
    const { undo } = applyAll(draft.workflow, wanted)
    try {
      const answer = undo.length > 0 ? await sendEdits(assetId, { client: `${randomId()}.1`, base: draft.revision, edits: wanted }) : null
      setRefused(answer?.refused.map((r) => r.message) ?? [])
      setIdle(undo.length === 0)
      setDone((all) => (said === null ? all.slice(0, -1) : undo.length > 0 ? [...all, { said, undo }] : all))
    } finally {
      // Whatever became of it: what is compared is what the server has.
      client.setQueryData(workflowQuery(assetId).queryKey, await readDraft(assetId))
    }
  })
  const last = done.at(-1)
  return {
    make: (said, edits) => send.mutate({ said, edits }),
    undo: () => last && send.mutate({ said: null, edits: () => last.undo }),
    last: last?.said ?? null,
    refused,
    idle,
    busy: send.isPending,
  }
}
