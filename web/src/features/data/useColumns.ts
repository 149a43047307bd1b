import { useQuery } from '@tanstack/react-query'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'

/** The columns of a version, from its first row page. */
export function useColumns(asset_id: string, seq: number) {
  return useQuery({
    queryKey: [...keys.rows(asset_id, seq), 'columns'],
    queryFn: async () =>
      (
        await call(
          api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/rows', { params: { path: { asset_id, seq }, query: { offset: 0, limit: 1 } } }),
        )
      ).columns,
    staleTime: Infinity,
  })
}
