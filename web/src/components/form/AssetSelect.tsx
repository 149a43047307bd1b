import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { projectAssetsQuery } from '@/api/workflow'
import type { ControlProps } from './ParamField'

/** A dataset, or another asset, of the project. */
export function AssetSelect({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const assets = useQuery(projectAssetsQuery(context.projectId, param.asset ?? 'dataset'))
  const usable = (assets.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      loading={assets.isPending}
      disabled={context.disabled}
      status={invalid ? 'error' : undefined}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      value={typeof value === 'string' ? value : undefined}
      onChange={(next?: string) => onChange(next ?? null)}
      placeholder={t('panel.pickDataset')}
      options={usable.map((a) => ({ value: a.id, label: a.name }))}
      style={{ width: '100%' }}
    />
  )
}
