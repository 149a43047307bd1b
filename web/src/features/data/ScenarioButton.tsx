import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { ChartNoAxesCombined } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { scenariosQuery } from '@/api/queries'
import { useGo, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'

/** Leads from a dataset to the scenarios that can be run on it. */
export function ScenarioButton({ assetId }: { assetId: string }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const go = useGo()
  const projectId = useProjectId()
  const scenarios = useQuery(scenariosQuery).data ?? []
  const start = (name: string) => go(urls.scenario(projectId, name, { dataset: assetId }))
  const [only] = scenarios
  const button = (onClick?: () => void) => (
    <Button icon={<ChartNoAxesCombined size={15} />} onClick={onClick}>
      {t('page.scenario')}
    </Button>
  )
  if (!only) return null
  if (scenarios.length === 1) return button(() => start(only.name))
  return (
    <Dropdown trigger={['click']} menu={{ items: scenarios.map((s) => ({ key: s.name, label: f.words(s.title) })), onClick: ({ key }) => start(key) }}>
      {button()}
    </Dropdown>
  )
}
