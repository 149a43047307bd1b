import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { lineageOf } from '@/api/queries'
import type { Lineage } from '@/api/types'
import { LineageGraph } from '@/components/LineageGraph'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useProjectId } from '@/lib/router'

interface Props {
  assetId: string
  /** Where more is known of what it is made from than the asset's own lineage says: how to get it, and what tells one such answer from another. */
  more?: { read: (own: Lineage) => Promise<Lineage>; key: string }
}

/** What an asset was made from, and what was made from it. */
export function AssetLineage({ assetId, more }: Props) {
  const { t } = useTranslation('data')
  const projectId = useProjectId()
  const lineage = useQuery({
    queryKey: [...keys.lineage(assetId), more?.key ?? ''],
    queryFn: async () => {
      const own = await lineageOf(assetId)
      return more ? more.read(own) : own
    },
  })
  return (
    <QueryView query={lineage} isEmpty={(l) => l.nodes.length === 0} empty={<State inline title={t('lineage.empty')} text={t('lineage.emptyText')} />}>
      {(data) => <LineageGraph lineage={data} here={assetId} projectId={projectId} />}
    </QueryView>
  )
}
