import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, call } from '@/api/client'
import { columnsQuery, type Dashboard } from '@/api/dashboards'
import { keys } from '@/api/keys'
import { assetQuery } from '@/api/queries'
import type { Asset } from '@/api/types'
import { toProfile, type ColumnProfile, type Profile } from '@/components/profile/model'
import { fieldsOf, type Field } from './model/fields'

export interface SourceFacts {
  asset: Asset | null
  seq: number | null
  fields: Field[]
  /** What is known of a field's values, by its name. */
  values: Map<string, ColumnProfile>
  error: unknown
  pending: boolean
}

const profileQuery = (asset_id: string, seq: number) => ({
  queryKey: keys.profile(asset_id, seq),
  queryFn: async (): Promise<Profile> => toProfile(await call(api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/profile', { params: { path: { asset_id, seq } } }))),
  staleTime: Infinity,
})

/** What is known of the data behind a dashboard: columns and their values, as the reader may see them. */
export function useSources(sources: Dashboard['sources'], enabled = true): Record<string, SourceFacts> {
  const names = useMemo(() => Object.keys(sources), [sources])
  const assets = useQueries({ queries: names.map((name) => ({ ...assetQuery(sources[name]?.dataset ?? ''), enabled: enabled && Boolean(sources[name]?.dataset), staleTime: 30_000 })) }) as UseQueryResult<Asset>[]
  const at = names.map((name, i) => ({ id: sources[name]?.dataset ?? '', seq: sources[name]?.version ?? assets[i]?.data?.latest?.seq ?? null }))
  const columns = useQueries({ queries: at.map(({ id, seq }) => ({ ...columnsQuery(id, seq ?? 0), enabled: enabled && seq !== null })) })
  const profiles = useQueries({ queries: at.map(({ id, seq }) => ({ ...profileQuery(id, seq ?? 0), enabled: enabled && seq !== null })) }) as UseQueryResult<Profile>[]
  const stamp = [...assets, ...columns, ...profiles].map((q) => `${q.status}${q.dataUpdatedAt}`).join()
  return useMemo(
    () =>
      Object.fromEntries(
        names.map((name, i): [string, SourceFacts] => {
          const source = sources[name]
          const fields = fieldsOf(source, columns[i]?.data ?? [])
          const known = new Map((profiles[i]?.data?.columns ?? []).map((c) => [c.name, c]))
          const values = new Map(fields.flatMap((field) => (known.get(field.column) ? [[field.name, known.get(field.column)!] as const] : [])))
          return [name, { asset: assets[i]?.data ?? null, seq: at[i]?.seq ?? null, fields, values, error: assets[i]?.error ?? columns[i]?.error ?? null, pending: (assets[i]?.isPending ?? true) || (columns[i]?.isPending ?? true) }]
        }),
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the stamp stands for what the queries hold
    [names, sources, stamp],
  )
}
