import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { projectAssetsQuery } from '@/api/workflow'
import { useProjectId } from '@/lib/router'

/** The name of a dataset, model or component that a step chooses; its id says nothing to a reader. */
export function AssetName({ kind, id }: { kind: string; id: string }) {
  const { t } = useTranslation('workflows')
  const { data: name, isPending } = useQuery({ ...projectAssetsQuery(useProjectId(), kind), select: (all) => all.find((a) => a.id === id)?.name })
  return <>{name ?? (isPending ? '…' : t('panel.hiddenAsset'))}</>
}
