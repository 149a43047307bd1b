import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { versionsQuery } from '@/api/queries'
import { workflowQuery, type Workflow } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { FullPage } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { useParam, usePath, useProjectId, useSetParams } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { catalogOf } from '../model/connect'
import { diff } from '../model/diff'
import { ChangeList } from './ChangeList'
import { useComponents } from '../store/components'
import { ComparePicture } from './ComparePicture'
import css from './compare.module.css'
import { useRestore } from './useRestore'

const DRAFT = 'draft'

/** Two versions as one picture: what came, what went, what changed. */
export function ComparePage() {
  const { t } = useTranslation('workflows')
  const projectId = useProjectId()
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const versions = useQuery(versionsQuery(assetId))
  const [fromParam] = useParam('from')
  const [toParam] = useParam('to')
  const set = useSetParams()
  // Who edits wants a larger screen.
  const narrow = useNarrow()
  const newest = versions.data?.[0]?.seq
  const from = Number(fromParam) || newest
  const to = Number(toParam) || undefined
  const draft = useQuery(workflowQuery(assetId))
  const older = useQuery({ ...workflowQuery(assetId, from), enabled: from !== undefined })
  const newer = useQuery({ ...workflowQuery(assetId, to), enabled: to !== undefined })
  const second = to === undefined ? draft : newer
  const options = (versions.data ?? []).map((v) => ({ value: String(v.seq), label: `v${v.seq}${v.message ? ` · ${v.message}` : ''}` }))
  const name = draft.data?.asset.name ?? ''
  return (
    <FullPage flush title={`${t('compare.title')} · ${name}`}>
      <header className={css.bar}>
        <nav className={css.where}>
          <AppLink href={urls.workflow(projectId, assetId)}>{name}</AppLink>
          <span className="faint">/</span>
          <h1>{t('compare.title')}</h1>
        </nav>
        <label className={css.pick}>
          <span>{t('compare.from')}</span>
          <Select size="small" aria-label={t('compare.from')} options={options} value={from === undefined ? undefined : String(from)} onChange={(value) => set({ from: value })} popupMatchSelectWidth={false} />
        </label>
        <label className={css.pick}>
          <span>{t('compare.to')}</span>
          <Select size="small" aria-label={t('compare.to')} options={[{ value: DRAFT, label: t('versions.draft') }, ...options]} value={to === undefined ? DRAFT : String(to)} onChange={(value) => set({ to: value === DRAFT ? undefined : value })} popupMatchSelectWidth={false} />
        </label>
      </header>
      <QueryView query={versions}>
        {(list) =>
          list.length === 0 ? (
            <p className={css.none}>{t('versions.none')}</p>
          ) : (
            <QueryView query={older}>{(a) => <QueryView query={second}>{(b) => <Compared key={`${from} ${to}`} old={a.workflow} now={b.workflow} seq={a.seq ?? 0} draft={to === undefined && !narrow && b.asset.rights.includes('edit') ? assetId : null} />}</QueryView>}</QueryView>
          )
        }
      </QueryView>
    </FullPage>
  )
}

interface ComparedProps {
  old: Workflow
  now: Workflow
  /** The older version. */
  seq: number
  /** The workflow, where the newer side is its draft and may be changed. */
  draft: string | null
}

function Compared({ old, now, seq, draft }: ComparedProps) {
  // Both sides' components: one that is there no more has a name, too.
  const both = useMemo(() => ({ ...now, nodes: { ...now.nodes, ...Object.fromEntries(Object.entries(old.nodes).map(([id, node]) => [`${id} before`, node])) } }), [old, now])
  const components = useComponents(useProjectId(), both)
  const catalog = useMemo(() => catalogOf([...(components.data?.pinned ?? []), ...(components.data?.signatures ?? [])]), [components.data])
  const found = useMemo(() => diff(old, now), [old, now])
  const restore = useRestore(draft ?? '')
  return (
    <QueryView query={components}>
      {() => (
        <div className={css.work}>
          <ComparePicture old={old} now={now} diff={found} catalog={catalog} />
          <ChangeList old={old} now={now} diff={found} catalog={catalog} restore={draft === null ? null : restore} seq={seq} />
        </div>
      )}
    </QueryView>
  )
}
