import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { projectAssetsQuery } from '@/api/workflow'
import type { ControlProps } from './ParamField'

/** A dataset, or another asset, of the project; a component in the version that it has now. */
export function AssetSelect(props: ControlProps) {
  return props.param.asset === 'component' ? <ComponentSelect {...props} /> : <PlainAssetSelect {...props} />
}

/** `own-ID@VERSION`: an older version stays chosen until another is. */
function ComponentSelect({ id, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const components = useQuery(projectAssetsQuery(context.projectId, 'component'))
  const usable = (components.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  const options = usable.map((a) => ({ value: `own-${a.id}@${a.latest?.seq ?? 1}`, label: `${a.name} · v${a.latest?.seq ?? 1}` }))
  const chosen = typeof value === 'string' ? value : undefined
  if (chosen && !options.some((o) => o.value === chosen)) {
    const [name, version] = chosen.split('@')
    const older = usable.find((a) => `own-${a.id}` === name)
    if (older) options.unshift({ value: chosen, label: `${older.name} · v${version ?? ''}` })
  }
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      loading={components.isPending}
      disabled={context.disabled}
      status={invalid ? 'error' : undefined}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      value={chosen}
      onChange={(next?: string) => onChange(next ?? null)}
      placeholder={t('panel.pickComponent')}
      notFoundContent={t('panel.noComponents')}
      options={options}
      style={{ width: '100%' }}
    />
  )
}

function PlainAssetSelect({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const assets = useQuery(projectAssetsQuery(context.projectId, param.asset ?? 'dataset'))
  const usable = (assets.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  const chosen = typeof value === 'string' ? value : undefined
  const options = usable.map((a) => ({ value: a.id, label: a.name, disabled: false }))
  // What stands there keeps its name for who may not use it, and is not told as an id to who may not know it.
  if (chosen && !options.some((o) => o.value === chosen))
    options.unshift({ value: chosen, label: assets.data?.find((a) => a.id === chosen)?.name ?? (assets.isPending ? '…' : t('panel.hiddenAsset')), disabled: true })
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      loading={assets.isPending}
      disabled={context.disabled}
      status={invalid ? 'error' : undefined}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      value={chosen}
      onChange={(next?: string) => onChange(next ?? null)}
      placeholder={t('panel.pickDataset')}
      options={options}
      style={{ width: '100%' }}
    />
  )
}
