import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { LineageGraph } from '@/components/LineageGraph'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useProjectId } from '@/lib/router'
import type { TabProps } from './types'

export function LineageTab({ asset }: TabProps) {
  const { t } = useTranslation(['data', 'common'])
  const projectId = useProjectId()
  const lineage = useQuery({
    queryKey: keys.lineage(asset.id),
    queryFn: () => call(api.GET('/api/v1/assets/{asset_id}/lineage', { params: { path: { asset_id: asset.id } } })),
  })
  return (
    <QueryView query={lineage} isEmpty={(l) => l.nodes.length === 0} empty={<State inline title={t('lineage.empty')} text={t('lineage.emptyText')} />}>
      {(data) => <LineageGraph lineage={data} here={asset.id} projectId={projectId} />}
    </QueryView>
  )
}
