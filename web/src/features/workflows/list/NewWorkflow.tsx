import { Button, Form, Input, Modal } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { createWorkflow, type WorkflowDetail } from '@/api/workflow'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'

interface Values {
  name: string
  description?: string
}

/** Names a new workflow and opens it. */
export function NewWorkflow({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['workflows', 'common'])
  const go = useGo()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<Values>()
  const create = useMutate<Values, WorkflowDetail>((values) => createWorkflow(projectId, values), {
    touches: [keys.assets(projectId)],
    onSuccess: (made) => go(urls.workflow(projectId, made.asset.id)),
  })
  return (
    <>
      <Button type="primary" icon={<Plus size={15} />} onClick={() => setOpen(true)}>
        {t('list.new')}
      </Button>
      <Modal open={open} title={t('new.title')} okText={t('new.create')} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={create.isPending} destroyOnHidden>
        <Form<Values> form={form} layout="vertical" onFinish={(values) => create.mutate(values)}>
          <Form.Item name="name" label={t('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameMissing') }]}>
            <Input maxLength={120} autoFocus />
          </Form.Item>
          <Form.Item name="description" label={t('new.about')}>
            <Input.TextArea rows={2} maxLength={1000} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  )
}
