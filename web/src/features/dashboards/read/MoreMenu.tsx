import { App, Button, Dropdown, Form, Input, Modal } from 'antd'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { useProject } from '@/api/queries'
import type { Asset } from '@/api/types'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useGo, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { UseWith } from '../template/UseWith'

/** What else can be done with a dashboard: over other data, called otherwise, deleted. */
export function MoreMenu({ asset }: { asset: Asset }) {
  const { t } = useTranslation(['dashboards', 'common'])
  const go = useGo()
  const narrow = useNarrow()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const { notification } = App.useApp()
  const [open, setOpen] = useState<'template' | 'rename' | null>(null)
  const [form] = Form.useForm<{ name: string; description: string }>()
  const touches = [keys.assets(projectId), keys.asset(asset.id), keys.dashboard(asset.id)]
  const patch = useMutate((body: { name: string; description: string }) => call(api.PATCH('/api/v1/assets/{asset_id}', { params: { path: { asset_id: asset.id } }, body })), { touches, onSuccess: () => setOpen(null) })
  const undelete = useMutate(() => call(api.POST('/api/v1/assets/{asset_id}/undelete', { params: { path: { asset_id: asset.id } } })), { touches, onSuccess: () => go(urls.dashboard(projectId, asset.id)) })
  const remove = useMutate(() => call(api.DELETE('/api/v1/assets/{asset_id}', { params: { path: { asset_id: asset.id } } })), {
    touches: [keys.assets(projectId)],
    onSuccess: () => {
      go(urls.dashboards(projectId))
      const again = (
        <Button
          size="small"
          onClick={() => {
            notification.destroy(asset.id)
            undelete.mutate()
          }}
        >
          {t('common:action.undo')}
        </Button>
      )
      notification.info({ key: asset.id, title: t('deleted', { name: asset.name }), placement: 'bottomRight', duration: 12, actions: again })
    },
  })
  const items = [
    ...(can(project, 'create') ? [{ key: 'template', label: t('template.title') }] : []),
    ...(asset.rights.includes('edit') ? [{ key: 'rename', label: t('rename.title') }] : []),
    ...(asset.rights.includes('manage') ? [{ type: 'divider' as const }, { key: 'delete', danger: true, label: t('common:action.delete') }] : []),
  ]
  if (items.length === 0 || narrow) return null
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => (key === 'delete' ? remove.mutate() : setOpen(key as 'template')) }}>
        <Button icon={<Ellipsis size={15} />} aria-label={t('more')} />
      </Dropdown>
      {open === 'template' && <UseWith asset={asset} onClose={() => setOpen(null)} />}
      <Modal open={open === 'rename'} title={t('rename.title')} okText={t('common:action.save')} onCancel={() => setOpen(null)} onOk={() => form.submit()} confirmLoading={patch.isPending} destroyOnHidden>
        <Form form={form} layout="vertical" initialValues={{ name: asset.name, description: asset.description }} onFinish={(values) => patch.mutate(values)}>
          <Form.Item name="name" label={t('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameMissing') }]}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="description" label={t('new.about')}>
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  )
}
