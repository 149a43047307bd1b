import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { BrainCircuit, Lock, Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { modelVersionQuery } from '@/api/models'
import type { Asset } from '@/api/types'
import { projectAssetsQuery } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, VersionTag } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { headline } from './measures'
import css from './models.module.css'
import { useMeasureName } from './useMeasureName'

/** The models of a project, each with how good its newest version is. */
export function ModelList() {
  const { t } = useTranslation('models')
  const projectId = useProjectId()
  const [q, setQ] = useParam('q')
  const models = useQuery(projectAssetsQuery(projectId, 'model'))
  const found = (list: Asset[]) => list.filter((a) => `${a.name} ${a.description}`.toLowerCase().includes(q.toLowerCase()))
  return (
    <Page title={t('title')} sub={t('sub')}>
      <QueryView
        query={models}
        empty={<State icon={<BrainCircuit size={28} strokeWidth={1.25} />} title={t('empty')} text={t('emptyText')} actions={<AppLink href={urls.workflows(projectId)}>{t('toWorkflows')}</AppLink>} />}
      >
        {(list) => (
          <>
            <div className={css.tools}>
              <Input allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={14} color="var(--ink-faint)" />} placeholder={t('search')} aria-label={t('search')} style={{ maxWidth: 300 }} />
            </div>
            {found(list).length === 0 ? (
              <State inline icon={<Search size={24} strokeWidth={1.5} />} title={t('noMatch', { q })} />
            ) : (
              <ul className={css.list}>
                {found(list).map((asset) => (
                  <li key={asset.id}>
                    <Card asset={asset} projectId={projectId} />
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </QueryView>
    </Page>
  )
}

function Card({ asset, projectId }: { asset: Asset; projectId: string }) {
  const { t } = useTranslation('models')
  const f = useFormat()
  const named = useMeasureName()
  const readable = asset.rights.includes('use') && asset.latest !== null && asset.latest !== undefined
  const version = useQuery({ ...modelVersionQuery(asset.id, asset.latest?.seq ?? 0), enabled: readable, retry: false })
  return (
    <AppLink href={urls.model(projectId, asset.id)} className={css.card}>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: 10 }}>
        <h2 className="ellipsis">{asset.name}</h2>
        {asset.latest && <VersionTag seq={asset.latest.seq} label={asset.latest.label} />}
      </div>
      {readable ? (
        <dl className={css.figures} style={{ minHeight: 46 }}>
          {headline(version.data?.metrics ?? [], 3).map((m) => (
            <div key={m.name}>
              <dt>{named(m.name)}</dt>
              <dd>{f.number(m.value ?? NaN)}</dd>
            </div>
          ))}
          {version.data && version.data.metrics.length === 0 && <p className="small soft">{t('noMetrics')}</p>}
        </dl>
      ) : (
        <p className="small soft" style={{ display: 'flex', gap: 8, alignItems: 'center', minHeight: 46 }}>
          <Lock size={14} aria-hidden /> {t('noUse')}
        </p>
      )}
      <div className={css.line}>
        <span>{version.data ? t(`learner.${version.data.learner}` as 'learner.boosting', { defaultValue: version.data.learner }) : ''}</span>
        <span style={{ display: 'inline-flex', gap: 10 }}>
          <Person user={asset.latest?.author ?? asset.created_by} />
          <Ago at={asset.updated_at} />
        </span>
      </div>
    </AppLink>
  )
}
