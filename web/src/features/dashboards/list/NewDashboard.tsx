import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createDashboard, type DashboardDetail } from '@/api/dashboards'
import { keys } from '@/api/keys'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { DatasetSelect } from '../DatasetSelect'
import { emptyDashboard } from '../model/edits'
import { useBothWords } from '../words'
import { projectAssetsQuery } from '@/api/workflow'

interface Values {
  name: string
  dataset: string
}

/** Names a new dashboard, chooses its data and opens it in the builder. */
export function NewDashboard({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['dashboards', 'common'])
  const go = useGo()
  const words = useBothWords()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<Values>()
  const datasets = useQuery({ ...projectAssetsQuery(projectId, 'dataset'), enabled: open })
  const create = useMutate<Values, DashboardDetail>(async ({ name, dataset }) => createDashboard(projectId, { name, dashboard: emptyDashboard(dataset, await words('firstPage')) }), {
    touches: [keys.assets(projectId)],
    onSuccess: (made) => go(urls.editDashboard(projectId, made.asset.id)),
  })
  const suggestName = (dataset: string) => {
    const name = datasets.data?.find((a) => a.id === dataset)?.name
    if (name && !form.getFieldValue('name')) form.setFieldValue('name', t('new.nameOf', { name }))
  }
  return (
    <>
      <Button type="primary" icon={<Plus size={15} />} onClick={() => setOpen(true)}>
        {t('list.new')}
      </Button>
      <Modal open={open} title={t('new.title')} okText={t('new.create')} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={create.isPending} destroyOnHidden>
        <Form<Values> form={form} layout="vertical" onFinish={(values) => create.mutate(values)} onValuesChange={(changed: Partial<Values>) => changed.dataset && suggestName(changed.dataset)}>
          <Form.Item name="dataset" label={t('new.dataset')} extra={t('new.datasetHelp')} rules={[{ required: true, message: t('new.datasetMissing') }]}>
            <DatasetSelect projectId={projectId} />
          </Form.Item>
          <Form.Item name="name" label={t('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameMissing') }]}>
            <Input maxLength={120} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  )
}
