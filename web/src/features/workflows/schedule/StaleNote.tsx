import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { Clock, RefreshCw } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { StaleReason } from '@/api/schedules'
import { staleQuery } from '@/api/schedules'
import { AppLink } from '@/components/AppLink'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { componentId } from '../model/connect'
import { signatureParams } from '@/components/form/params'
import { useDoc, useWorkflow } from '../store/document'
import { useRunActions } from '../store/useRunActions'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import css from './schedule.module.css'

/** Why what was computed at a step no longer holds, and a way to bring it up to date. */
export function StaleNote({ id }: { id: string }) {
  const { t } = useTranslation('schedules')
  const { assetId, live, canRun } = useWork()
  const actions = useRunActions()
  const mark = useQuery({ ...staleQuery(assetId), enabled: live, retry: false, select: useCallback((all: { nodes: Record<string, { mark: string; reasons: StaleReason[] }> }) => all.nodes[id], [id]) }).data
  if (mark?.mark !== 'stale') return null
  return (
    <div className={css.stale} role="note">
      <strong style={{ display: 'inline-flex', gap: 6, alignItems: 'center', color: 'var(--stale)' }}>
        <Clock size={14} aria-hidden />
        {t('stale.title')}
      </strong>
      <ul>
        {mark.reasons.map((reason, index) => (
          <li key={index}>
            <Reason id={id} reason={reason} />
          </li>
        ))}
      </ul>
      {canRun && (
        <Button size="small" icon={<RefreshCw size={13} />} onClick={() => actions.start({ until: [id] })}>
          {t('stale.refresh')}
        </Button>
      )}
    </div>
  )
}

function Reason({ id, reason }: { id: string; reason: StaleReason }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { projectId, catalog } = useWork()
  switch (reason.kind) {
    case 'input':
      return reason.dataset ? (
        <>
          <AppLink href={urls.asset(projectId, reason.dataset, reason.latest)}>{reason.dataset.name}</AppLink> {t('stale.input', { used: reason.used, latest: reason.latest })}
        </>
      ) : (
        <>{t('stale.hiddenInput')}</>
      )
    case 'params': {
      const component = w.nodes[id]?.component
      const signature = component && catalog.get(componentId(component))
      const all = signature ? signatureParams(signature) : []
      return <>{t('stale.params', { names: reason.params.map((name) => f.words(all.find((p) => p.name === name)?.field.label) || name).join(f.lang === 'en' ? ', ' : '、') })}</>
    }
    case 'upstream':
      return (
        <>
          {t('stale.upstream')}{' '}
          {reason.nodes.map((node) => (
            <Button key={node} type="link" size="small" style={{ padding: '0 4px 0 0', height: 'auto' }} onClick={() => doc.select([node])}>
              {title(node)}
            </Button>
          ))}
        </>
      )
    default:
      return <>{t(`stale.${reason.kind}`)}</>
  }
}
