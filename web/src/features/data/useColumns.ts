import { useQuery } from '@tanstack/react-query'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { Rows } from '@/api/types'

/** The columns of a version, from its first row page. */
export function useColumns(asset_id: string, seq: number) {
  return useQuery({
    queryKey: [...keys.rows(asset_id, seq), 'columns'],
    queryFn: async () =>
      (
        await callAs<Rows>(
          api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rows', { params: { path: { asset_id, seq }, query: { offset: 0, limit: 1 } } }),
        )
      ).columns,
    staleTime: Infinity,
  })
}
