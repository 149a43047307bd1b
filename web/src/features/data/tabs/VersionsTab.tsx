import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Modal } from 'antd'
import { GitCompareArrows } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { versionsQuery } from '@/api/queries'
import type { VersionSummary } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, VersionTag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { useGo, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import type { TabProps } from './types'

/** Every version: what it says, who made it and from what; two of them compare. */
export function VersionsTab({ asset }: TabProps) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const go = useGo()
  const narrow = useNarrow()
  const projectId = useProjectId()
  const versions = useQuery(versionsQuery(asset.id))
  const [picked, setPicked] = useState<number[]>([])
  const [editing, setEditing] = useState<VersionSummary | null>(null)
  const latest = asset.latest?.seq
  const editable = asset.rights.includes('edit') && !narrow
  const restore = useMutate(
    (seq: number) => call(api.POST('/api/v1/assets/{asset_id}/versions/{seq}/restore', { params: { path: { asset_id: asset.id, seq } } })),
    { touches: [keys.asset(asset.id), keys.assets(projectId)], done: t('versions.restored') },
  )
  const pick = (seq: number) =>
    setPicked((old) => (old.includes(seq) ? old.filter((x) => x !== seq) : [...old.slice(-1), seq]))
  const [from, to] = [...picked].sort((a, b) => a - b)
  return (
    <>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: 12, marginBottom: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        <span className="soft small">{t('versions.hint')}</span>
        <Button icon={<GitCompareArrows size={15} />} disabled={picked.length !== 2} onClick={() => go(urls.compare(projectId, asset.id, { from, to }))}>
          {picked.length === 2 ? t('versions.compareTwo', { from, to }) : t('versions.compare')}
        </Button>
      </div>
      <QueryView query={versions}>
        {(list) => (
          <DataTable<VersionSummary> label={t('tab.versions')}
            rowKey="id"
            dataSource={list}
            pagination={list.length > 50 ? { pageSize: 50 } : false}
            columns={[
              {
                key: 'pick', width: 36,
                render: (_, v) => <Checkbox checked={picked.includes(v.seq)} onChange={() => pick(v.seq)} aria-label={t('versions.pick', { seq: v.seq })} />,
              },
              {
                key: 'seq', title: t('col.version'),
                render: (_, v) => (
                  <AppLink href={urls.dataset(projectId, asset.id, { v: v.seq === latest ? undefined : v.seq })}>
                    <VersionTag seq={v.seq} label={v.label} />
                  </AppLink>
                ),
              },
              { key: 'message', title: t('versions.note'), render: (_, v) => <span style={{ overflowWrap: 'anywhere' }}>{v.message || <span className="faint">–</span>}</span> },
              { key: 'rows', title: t('col.rows'), align: 'right', className: 'num', render: (_, v) => (v.rows === null || v.rows === undefined ? '–' : f.number(v.rows, 0)) },
              { key: 'rejected', title: t('fact.rejected'), align: 'right', className: 'num', render: (_, v) => (v.rejected ? f.number(v.rejected, 0) : '–') },
              { key: 'bytes', title: t('col.size'), align: 'right', className: 'num', render: (_, v) => (v.bytes ? f.bytes(v.bytes) : '–') },
              { key: 'author', title: t('col.by'), render: (_, v) => <Person user={v.author} /> },
              { key: 'at', title: t('versions.at'), render: (_, v) => <Ago at={v.created_at} /> },
              {
                key: 'do', align: 'right',
                render: (_, v) => (
                  <span className="nowrap">
                    {v.run_id && (
                      <AppLink href={urls.run(projectId, v.run_id)} className="small" style={{ marginRight: 8 }}>
                        {t('versions.run')}
                      </AppLink>
                    )}
                    {editable && (
                      <Button size="small" type="text" onClick={() => setEditing(v)}>
                        {t('versions.edit')}
                      </Button>
                    )}
                    {editable && v.seq !== latest && (
                      <Button size="small" type="text" loading={restore.isPending && restore.variables === v.seq} onClick={() => restore.mutate(v.seq)}>
                        {t('versions.restore')}
                      </Button>
                    )}
                  </span>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      {editing && <EditVersion assetId={asset.id} version={editing} onClose={() => setEditing(null)} />}
    </>
  )
}

function EditVersion({ assetId, version, onClose }: { assetId: string; version: VersionSummary; onClose: () => void }) {
  const { t } = useTranslation(['data', 'common'])
  const [form] = Form.useForm<{ label: string; message: string }>()
  const save = useMutate(
    (values: { label: string; message: string }) =>
      call(
        api.PATCH('/api/v1/assets/{asset_id}/versions/{seq}', {
          params: { path: { asset_id: assetId, seq: version.seq } },
          body: { message: values.message, label: values.label.trim() || null },
        }),
      ),
    { touches: [keys.asset(assetId)], onSuccess: onClose },
  )
  return (
    <Modal open title={t('versions.editTitle', { seq: version.seq })} okText={t('common:action.save')} onCancel={onClose} onOk={() => form.submit()} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" initialValues={{ label: version.label ?? '', message: version.message }} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="label" label={t('versions.label')} extra={t('versions.labelHint')}>
          <Input maxLength={40} autoFocus />
        </Form.Item>
        <Form.Item name="message" label={t('versions.note')}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
