import { ReactFlowProvider } from '@xyflow/react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { AppWindow } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { appOrNoneQuery } from '@/api/apps'
import type { Shapes } from '@/api/client'
import { keys } from '@/api/keys'
import { useProject, useSession } from '@/api/queries'
import { readDraft, workflowQuery, type Signature, type WorkflowDetail } from '@/api/workflow'
import { AskAccess } from '@/components/AskAccess'
import { FullPage } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { randomId } from '@/lib/random'
import { can } from '@/lib/rights'
import { useGo, useParam, usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { catalogOf } from './model/connect'
import { useComponents } from './store/components'
import { DocProvider, openDocument } from './store/document'
import { startSync, type Sync } from './store/sync'
import { SyncProvider } from './store/SyncContext'
import { WorkProvider, type Work } from './store/work'
import { Workspace } from './Workspace'

/** A workflow: the draft that everybody works on, or with `?v=` a saved version to look at. */
export function WorkflowPage() {
  const assetId = decodeURIComponent(usePath().split('/')[4] ?? '')
  const [v] = useParam('v')
  const seq = /^\d+$/.test(v) ? Number(v) : undefined
  const detail = useQuery({ ...workflowQuery(assetId, seq), refetchOnWindowFocus: false })
  const projectId = useProjectId()
  const components = useComponents(projectId, detail.data?.workflow)
  const person = useSession().data?.user.id ?? ''
  return (
    <QueryView query={detail} forbidden={<Closed assetId={assetId} projectId={projectId} />}>
      {(data) => (
        <QueryView query={components}>
          {({ signatures, pinned }) => <Opened key={`${data.asset.id} ${seq ?? ''} ${person}`} person={person} detail={data} signatures={signatures} pinned={pinned} projectId={projectId} old={seq !== undefined} />}
        </QueryView>
      )}
    </QueryView>
  )
}

/** Who may use a workflow without seeing how it is made is shown to its app. */
function Closed({ assetId, projectId }: { assetId: string; projectId: string }) {
  const { t } = useTranslation('workflows')
  const go = useGo()
  const app = useQuery(appOrNoneQuery(assetId))
  if (app.isPending) return null
  return (
    <>
      {app.data && (
        <Button type="primary" icon={<AppWindow size={15} />} onClick={() => go(urls.app(projectId, assetId))}>
          {t('openApp')}
        </Button>
      )}
      <AskAccess assetId={assetId} action={app.data ? 'edit' : 'use'} aside={Boolean(app.data)} />
    </>
  )
}

interface OpenedProps {
  person: string
  detail: WorkflowDetail
  signatures: Signature[]
  /** Older versions that steps pin. */
  pinned: Signature[]
  projectId: string
  old: boolean
}

function Opened({ person, detail, signatures, pinned, projectId, old }: OpenedProps) {
  const { t } = useTranslation('workflows')
  const narrow = useNarrow()
  const project = useProject(projectId).data
  const { asset } = detail
  const canEdit = asset.rights.includes('edit') && !old
  const work = useMemo<Work>(
    () => ({ assetId: asset.id, projectId, name: asset.name, signatures, catalog: catalogOf([...pinned, ...signatures]), canEdit, live: !old, canDraw: canEdit && !narrow, canRun: can(project, 'run') && !old }),
    [asset.id, asset.name, projectId, signatures, pinned, canEdit, narrow, project, old],
  )
  // Opened once; from then on the document lives by its edits.
  const [doc] = useState(() => openDocument(detail.workflow, detail.revision, !canEdit))
  return (
    <FullPage flush title={`${asset.name} · ${t('title')}`}>
      <WorkProvider value={work}>
        <DocProvider value={doc}>
          <Connected live={!old} doc={doc} assetId={asset.id} person={person}>
            <ReactFlowProvider>
              <Workspace detail={detail} old={old} />
            </ReactFlowProvider>
          </Connected>
        </DocProvider>
      </WorkProvider>
    </FullPage>
  )
}

/** Joins the document with the server for as long as it is open. */
function Connected({ live, doc, assetId, person, children }: { live: boolean; doc: ReturnType<typeof openDocument>; assetId: string; person: string; children: ReactNode }) {
  const client = useQueryClient()
  const [sync, setSync] = useState<Sync | null>(null)
  useEffect(() => {
    if (!live) return
    const started = startSync(doc, {
      assetId,
      client: randomId(),
      person,
      signedIn: () => client.getQueryData<Shapes['Session'] | null>(keys.session)?.user.id === person,
      reload: async () => {
        const detail = await readDraft(assetId)
        client.setQueryData(workflowQuery(assetId).queryKey, detail)
        return detail
      },
      onExpired: () => void client.invalidateQueries({ queryKey: keys.session }),
      onStale: (stale) => client.setQueryData(keys.stale(assetId), stale),
      onThreads: () => void client.invalidateQueries({ queryKey: keys.threadsOf(assetId) }),
    })
    setSync(started)
    return () => started.stop()
  }, [live, doc, assetId, person, client])
  if (live && !sync) return null
  return sync ? <SyncProvider value={sync}>{children}</SyncProvider> : <>{children}</>
}
