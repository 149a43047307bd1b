import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { versionsQuery } from '@/api/queries'
import { workflowQuery } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, VersionTag } from '@/components/bits'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { urls } from '@/lib/urls'
import { toEdits } from '../model/restore'
import { useDoc } from '../store/document'
import { useWork } from '../store/work'
import css from './dialogs.module.css'

/** Every saved version: to look at, to compare, to go back to. */
export function Versions({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['workflows', 'common'])
  const doc = useDoc()
  const client = useQueryClient()
  const { message } = App.useApp()
  const { assetId, projectId, canDraw } = useWork()
  const versions = useQuery(versionsQuery(assetId))
  const restore = useMutate<number, void>(async (seq) => {
    const old = await client.fetchQuery(workflowQuery(assetId, seq))
    doc.edit(toEdits(doc.workflow(), old.workflow))
    void message.success(t('versions.restored', { seq }))
    onClose()
  })
  return (
    <Drawer open title={t('versions.title')} onClose={onClose} size={400}>
      <QueryView query={versions} empty={<p className="soft">{t('versions.none')}</p>}>
        {(list) => (
          <>
            {list.map((v, index) => {
              const before = list[index + 1]
              return (
                <div key={v.id} className={css.version}>
                  <div className={css.line}>
                    <VersionTag seq={v.seq} label={v.label} />
                    <span className="small faint"><Ago at={v.created_at} /></span>
                  </div>
                  <div>{v.message || <span className="faint">–</span>}</div>
                  <span className="small soft"><Person user={v.author} /></span>
                  <div className={css.actions}>
                    <AppLink href={urls.workflow(projectId, assetId, { v: v.seq })} onClick={onClose}>{t('versions.open')}</AppLink>
                    <AppLink href={urls.compareWorkflow(projectId, assetId, { from: v.seq })}>{t('versions.withDraft')}</AppLink>
                    {before && <AppLink href={urls.compareWorkflow(projectId, assetId, { from: before.seq, to: v.seq })}>{`${t('versions.compare')} v${before.seq}`}</AppLink>}
                    {canDraw && <Button type="link" size="small" loading={restore.isPending && restore.variables === v.seq} onClick={() => restore.mutate(v.seq)}>{t('versions.restore')}</Button>}
                  </div>
                </div>
              )
            })}
          </>
        )}
      </QueryView>
    </Drawer>
  )
}
