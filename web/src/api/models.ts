// Models: assets that training leaves, with what they need, give and are worth.
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'
import { at, rest } from './rest'
import type { AssetRef } from './types'

export interface ModelColumn {
  name: string
  data_type: string
  kind?: string
  categories?: unknown[]
}

export interface ModelVersion {
  model: AssetRef
  learner: string
  signature: { inputs?: ModelColumn[]; target?: string | { name: string } | null; outputs?: ModelColumn[] }
  metrics: { name: string; value: number | null }[]
  component: string | null
  params: Record<string, unknown>
  rows: number
  unlabelled: number
  bytes: number
  run_id: string | null
  created_at: string
  /** Sections of a report. */
  training: unknown[]
}

export interface ModelChange {
  name: string
  from: unknown
  to: unknown
}

export interface ModelComparison {
  metrics: ModelChange[]
  params: ModelChange[]
  inputs: ModelChange[]
  outputs: ModelChange[]
}

export const modelVersionQuery = (id: string, seq: number) =>
  queryOptions({ queryKey: keys.model(id, seq), queryFn: () => rest.get<ModelVersion>(at('models', id, 'versions', seq)), staleTime: Infinity })

export const compareModelsQuery = (id: string, from: number, to: number) =>
  queryOptions({ queryKey: keys.modelCompare(id, from, to), queryFn: () => rest.get<ModelComparison>(at('models', id, 'compare'), { from, to }), staleTime: Infinity })

export const modelFile = (id: string, seq: number) => `/api/v1/models/${encodeURIComponent(id)}/versions/${seq}/download`
