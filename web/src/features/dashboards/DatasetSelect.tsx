import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { projectAssetsQuery } from '@/api/workflow'

interface Props {
  projectId: string
  id?: string
  value?: string
  onChange?: (dataset: string) => void
  label?: string
}

/** A dataset of the project that one may use. */
export function DatasetSelect({ projectId, id, value, onChange, label }: Props) {
  const { t } = useTranslation('dashboards')
  const datasets = useQuery(projectAssetsQuery(projectId, 'dataset'))
  const usable = (datasets.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      loading={datasets.isPending}
      value={value}
      onChange={onChange}
      aria-label={label}
      placeholder={t('new.pickDataset')}
      notFoundContent={datasets.isPending ? null : t('new.noDataset')}
      options={usable.map((a) => ({ value: a.id, label: a.name }))}
      style={{ width: '100%' }}
    />
  )
}
