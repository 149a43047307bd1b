import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Thread } from '@/api/threads'
import { AppLink } from '@/components/AppLink'
import { Threads } from '@/components/threads/Threads'
import { useParam } from '@/lib/router'
import { urls } from '@/lib/urls'
import { Panel } from '../panel/Inspector'
import { useDoc, useSelected, useWorkflow } from '../store/document'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'

/** What is said about the chosen step, or about all of the workflow and its runs. */
export function CommentsPanel() {
  const { t } = useTranslation('threads')
  const [, setSide] = useParam('side')
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { assetId, projectId } = useWork()
  const chosen = useSelected()
  const node = chosen !== null && w.nodes[chosen] ? chosen : null
  const [all, setAll] = useState(false)
  const whole = all || node === null
  const about = (thread: Thread) => {
    const { element, run_id } = thread.anchor
    if (element?.kind === 'node')
      return (
        <Button type="link" size="small" style={{ padding: 0, height: 'auto' }} onClick={() => doc.select([element.id])}>
          {w.nodes[element.id] ? title(element.id) : t('goneStep')}
        </Button>
      )
    return run_id ? <AppLink href={urls.run(projectId, run_id)}>{t('onRun')}</AppLink> : null
  }
  return (
    <Panel title={<h2 style={{ fontSize: 14 }}>{whole ? t('title') : t('of', { name: title(node) })}</h2>} label={t('title')} onClose={() => setSide('')}>
      {node !== null && <Segmented size="small" block value={all} onChange={setAll} options={[{ value: false, label: t('thisStep') }, { value: true, label: t('allOfIt') }]} aria-label={t('about')} />}
      <Threads key={whole ? '' : node} anchor={whole ? { asset: assetId } : { asset: assetId, element: { kind: 'node', id: node } }} projectId={projectId} about={whole ? about : undefined} />
    </Panel>
  )
}
