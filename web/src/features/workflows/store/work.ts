// What every part of the canvas needs to know of where it is.
import { createContext, useContext } from 'react'
import type { Signature } from '@/api/workflow'
import type { Catalog } from '../model/connect'

export interface Work {
  assetId: string
  projectId: string
  name: string
  signatures: Signature[]
  catalog: Catalog
  /** Whether the person may change it here: the draft, with the right, on a screen that is large enough to draw. */
  canDraw: boolean
  /** Whether it is the draft, of which states and results are known. */
  live: boolean
  canEdit: boolean
  canRun: boolean
}

const WorkContext = createContext<Work | null>(null)
export const WorkProvider = WorkContext.Provider

export function useWork(): Work {
  const work = useContext(WorkContext)
  if (!work) throw new Error('no workflow is open')
  return work
}
