import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { projectAssetsQuery } from '@/api/workflow'
import type { ControlProps } from './ParamField'

/** A dataset, or another asset, of the project. A component is chosen in the version that it has now (`own-ID@VERSION`), and stays in it. */
export function AssetSelect({ id, param, value, onChange, context, invalid, describedBy }: ControlProps) {
  const { t } = useTranslation('workflows')
  const kind = param.asset ?? 'dataset'
  const component = kind === 'component'
  const assets = useQuery(projectAssetsQuery(context.projectId, kind))
  const all = assets.data ?? []
  const chosen = typeof value === 'string' ? value : undefined
  const versioned = (name: string, version: string | number) => (component ? `${name} · v${version}` : name)
  const options = all.flatMap((a) => {
    if (!a.rights.includes('use') || !a.latest) return []
    return [{ value: component ? `own-${a.id}@${a.latest.seq}` : a.id, label: versioned(a.name, a.latest.seq), disabled: false }]
  })
  // What stands there keeps its name for who may not use it, and is not told as an id to who may not know it; an older version stays chosen.
  if (chosen && !options.some((o) => o.value === chosen)) {
    const [name, version = ''] = chosen.split('@')
    const known = all.find((a) => (component ? `own-${a.id}` : a.id) === name)
    const label = known ? versioned(known.name, version) : assets.isPending ? '…' : t('panel.hiddenAsset')
    options.unshift({ value: chosen, label, disabled: !known?.rights.includes('use') })
  }
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
      placeholder={t(component ? 'panel.pickComponent' : 'panel.pickDataset')}
      notFoundContent={component ? t('panel.noComponents') : undefined}
      options={options}
      style={{ width: '100%' }}
    />
  )
}
