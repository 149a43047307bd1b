import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { assetsQuery } from '@/api/queries'
import type { ControlProps } from './ParamField'

/** A dataset of the project. */
export function AssetSelect({ id, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const assets = useQuery(assetsQuery(context.projectId))
  const usable = (assets.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  const chosen = usable.find((a) => a.id === value || a.name === value)
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      loading={assets.isPending}
      disabled={context.disabled}
      status={invalid ? 'error' : undefined}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      value={chosen?.id ?? (typeof value === 'string' ? value : undefined)}
      onChange={(next?: string) => onChange(next ?? null)}
      placeholder={t('panel.pickDataset')}
      options={usable.map((a) => ({ value: a.id, label: a.name }))}
      style={{ width: '100%' }}
    />
  )
}
