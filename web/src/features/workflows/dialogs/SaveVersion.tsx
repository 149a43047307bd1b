import { App, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import type { VersionSummary } from '@/api/types'
import { saveVersion } from '@/api/workflow'
import { useMutate } from '@/components/useMutate'
import { useArrive } from '../store/useArrive'
import { useWork } from '../store/work'

/** Saves the draft as the next version. */
export function SaveVersion({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['workflows', 'common'])
  const { assetId, projectId } = useWork()
  const arrive = useArrive()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ message: string }>()
  const save = useMutate<{ message: string }, VersionSummary>(
    async (values) => {
      await arrive()
      return saveVersion(assetId, values.message ?? '')
    },
    {
      touches: [keys.asset(assetId), keys.workflow(assetId), keys.assets(projectId)],
      onSuccess: (version) => {
        void message.success(t('save.done', { seq: version.seq }))
        onClose()
      },
    },
  )
  return (
    <Modal open title={t('save.title')} okText={t('common:action.save')} onCancel={onClose} onOk={() => form.submit()} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" initialValues={{ message: '' }} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="message" label={t('save.message')} extra={t('save.hint')}>
          <Input.TextArea rows={3} maxLength={1000} autoFocus onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && form.submit()} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
