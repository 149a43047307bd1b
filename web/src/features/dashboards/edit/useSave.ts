import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { createDashboard, dashboardQuery, saveDashboard, type DashboardDetail } from '@/api/dashboards'
import { keys } from '@/api/keys'
import { useMutate } from '@/components/useMutate'
import { toSave, type Builder } from './useBuilder'

/** Saving: the next version, or where somebody saved meanwhile, a choice in which nothing is lost. */
export function useSave(builder: Builder, asset: DashboardDetail['asset']) {
  const { t } = useTranslation('dashboards')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [theirs, setTheirs] = useState<DashboardDetail | null>(null)
  const refresh = () => {
    for (const queryKey of [keys.dashboard(asset.id), keys.asset(asset.id), keys.assets(asset.project_id)]) void client.invalidateQueries({ queryKey })
  }
  const save = useMutate(
    async (base: number) => {
      const doc = builder.doc
      try {
        const made = await saveDashboard(asset.id, base, toSave(doc))
        builder.setSaved({ doc, seq: made.seq })
        setTheirs(null)
        void message.success(t('builder.saved', { seq: made.seq }))
        refresh()
        return true
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'version_conflict') throw error
        setTheirs(await client.fetchQuery({ ...dashboardQuery(asset.id), staleTime: 0 }))
        return false
      }
    },
    {},
  )
  const copy = useMutate(() => createDashboard(asset.project_id, { name: t('builder.conflict.copyName', { name: asset.name }), dashboard: toSave(builder.doc) }), { touches: [keys.assets(asset.project_id)] })
  return { save, copy, theirs, setTheirs }
}
