// Models: assets that training leaves, with what they need, give and are worth.
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Refined, type Shapes } from './client'
import { keys } from './keys'

export type ModelColumn = {
  name: string
  data_type: string
  kind?: string
  categories?: unknown[]
}

/** crates/tandem-science has the signature, crates/tandem-report the sections of `training`. */
export type ModelVersion = Refined<
  Shapes['ModelVersion'],
  { signature: { inputs?: ModelColumn[]; target?: string | { name: string } | null; outputs?: ModelColumn[] } }
>
export type ModelChange = Shapes['ModelChange']

export const modelVersionQuery = (asset_id: string, seq: number) =>
  queryOptions({
    queryKey: keys.model(asset_id, seq),
    queryFn: () => call(api.GET('/api/v1/models/{asset_id}/versions/{seq}', { params: { path: { asset_id, seq } } })) as Promise<ModelVersion>,
    staleTime: Infinity,
  })

export const compareModelsQuery = (asset_id: string, from: number, to: number) =>
  queryOptions({
    queryKey: keys.modelCompare(asset_id, from, to),
    queryFn: () => call(api.GET('/api/v1/models/{asset_id}/compare', { params: { path: { asset_id }, query: { from, to } } })),
    staleTime: Infinity,
  })

export const modelFile = (id: string, seq: number) => `/api/v1/models/${encodeURIComponent(id)}/versions/${seq}/download`
