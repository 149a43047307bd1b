import { useQuery } from '@tanstack/react-query'
import { Input, Modal, Select } from 'antd'
import { ArrowRight, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bindDashboard, columnsQuery, rolesQuery, type DashboardDetail, type Roles } from '@/api/dashboards'
import { keys } from '@/api/keys'
import { assetQuery } from '@/api/queries'
import type { Asset } from '@/api/types'
import { TypeName } from '@/components/bits'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { useGo, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { DatasetSelect } from '../DatasetSelect'
import { fitsType, suggest } from '../model/match'
import css from './UseWith.module.css'

interface Bound {
  dataset: string
  columns: Record<string, string>
}

/** The same pages over other data: a dataset for each source, and a column for each that figures use. */
export function UseWith({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const { t } = useTranslation(['dashboards', 'common'])
  const go = useGo()
  const projectId = useProjectId()
  const roles = useQuery(rolesQuery(asset.id))
  const [name, setName] = useState(t('template.nameOf', { name: asset.name }))
  const [bound, setBound] = useState<Record<string, Bound>>({})
  const make = useMutate<void, DashboardDetail>(() => bindDashboard(projectId, asset.id, name.trim(), bound), {
    touches: [keys.assets(projectId)],
    done: t('template.done'),
    onSuccess: (made) => {
      onClose()
      go(urls.dashboard(projectId, made.asset.id))
    },
  })
  const complete = name.trim() !== '' && roles.data?.every((role) => bound[role.source]?.dataset && role.columns.every((column) => bound[role.source]?.columns[column.name]))
  return (
    <Modal open title={t('template.title')} okText={t('template.make')} okButtonProps={{ disabled: !complete }} confirmLoading={make.isPending} onOk={() => make.mutate()} onCancel={onClose} width={640}>
      <p className="soft">{t('template.text')}</p>
      <QueryView query={roles} inline>
        {(items) => (
          <div className={css.form}>
            <label className={css.name}>
              <span>{t('new.name')}</span>
              <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
            </label>
            {items.map((role) => (
              <Source key={role.source} role={role} alone={items.length === 1} bound={bound[role.source]} onChange={(next) => setBound((old) => ({ ...old, [role.source]: next }))} />
            ))}
          </div>
        )}
      </QueryView>
    </Modal>
  )
}

function Source({ role, alone, bound, onChange }: { role: Roles; alone: boolean; bound: Bound | undefined; onChange: (next: Bound) => void }) {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const projectId = useProjectId()
  const dataset = useQuery({ ...assetQuery(bound?.dataset ?? ''), enabled: Boolean(bound?.dataset) })
  const seq = dataset.data?.latest?.seq ?? 0
  const columns = useQuery({ ...columnsQuery(bound?.dataset ?? '', seq), enabled: Boolean(bound?.dataset) && seq > 0 })
  // Once for each dataset that is chosen.
  useEffect(() => {
    if (columns.data && bound && Object.keys(bound.columns).length === 0) onChange({ ...bound, columns: suggest(role.columns, columns.data) })
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [columns.data])
  return (
    <section className={css.source}>
      <h3>{alone ? t('template.dataset') : t('template.datasetFor', { name: f.words(role.label) || role.source })}</h3>
      <DatasetSelect projectId={projectId} label={t('template.dataset')} value={bound?.dataset} onChange={(next) => onChange({ dataset: next, columns: {} })} />
      {bound?.dataset && (
        <QueryView query={columns} inline>
          {(there) => (
            <div className={css.pairs} role="group" aria-label={t('template.columns')}>
              <span className={css.head}>{t('template.uses')}</span>
              <span className={css.head} />
              <span className={css.head}>{t('template.stands')}</span>
              {role.columns.map((column) => {
                const chosen = bound.columns[column.name]
                const type = there.find((c) => c.name === chosen)?.type
                const odd = type !== undefined && !fitsType(column.type, type)
                return (
                  <Pair key={column.name} name={column.name} type={column.type}>
                    <Select
                      showSearch
                      aria-label={t('template.columnFor', { name: column.name })}
                      value={chosen}
                      status={chosen ? undefined : 'warning'}
                      placeholder={t('template.pick')}
                      onChange={(next: string) => onChange({ ...bound, columns: { ...bound.columns, [column.name]: next } })}
                      options={there.map((c) => ({ value: c.name, label: c.name, type: c.type }))}
                      optionRender={(option) => (
                        <span className={css.option}>
                          <span className="ellipsis">{option.label}</span>
                          <TypeName type={String((option.data as { type?: string }).type ?? '')} />
                        </span>
                      )}
                      style={{ width: '100%' }}
                    />
                    {odd && (
                      <span className={css.odd}>
                        <TriangleAlert size={12} aria-hidden /> {t('template.otherType')}
                      </span>
                    )}
                  </Pair>
                )
              })}
              {role.columns.length === 0 && <span className="faint">{t('template.noColumns')}</span>}
            </div>
          )}
        </QueryView>
      )}
    </section>
  )
}

function Pair({ name, type, children }: { name: string; type?: string | null; children: React.ReactNode }) {
  return (
    <>
      <span className={css.needed}>
        <span className="ellipsis">{name}</span> {type && <TypeName type={type} />}
      </span>
      <ArrowRight size={14} className={css.arrow} aria-hidden />
      <span>{children}</span>
    </>
  )
}
