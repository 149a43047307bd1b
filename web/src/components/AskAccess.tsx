import { Button, Form, Input, Modal, Select } from 'antd'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { useMutate } from './useMutate'

const RIGHTS = ['use', 'download', 'edit', 'manage'] as const
type Right = (typeof RIGHTS)[number]

interface Props {
  assetId: string
  action?: Right
  /** Beside something else, where it is not what one came for. */
  aside?: boolean
  /** On a phone: only the sign. */
  bare?: boolean
}

/** A button that asks whoever manages an asset for a right to it. */
export function AskAccess({ assetId, action = 'use', aside, bare }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ action: Right; reason: string }>()
  const ask = useMutate(
    (body: { action: Right; reason: string }) =>
      call(api.POST('/api/v1/assets/{asset_id}/access-requests', { params: { path: { asset_id: assetId } }, body })),
    { done: t('access.sent'), touches: [keys.requests], onSuccess: () => setOpen(false) },
  )
  return (
    <>
      <Button type={aside ? 'text' : 'primary'} size={aside ? 'small' : undefined} icon={<KeyRound size={aside ? 14 : 15} />} aria-label={bare ? t('action.askAccess') : undefined} onClick={() => setOpen(true)}>
        {bare ? null : t('action.askAccess')}
      </Button>
      <Modal open={open} title={t('access.title')} okText={t('access.send')} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={ask.isPending}>
        <Form form={form} layout="vertical" initialValues={{ action, reason: '' }} onFinish={(values) => ask.mutate(values)}>
          <Form.Item name="action" label={t('access.for')}>
            <Select options={RIGHTS.map((value) => ({ value, label: t(`right.${value}`) }))} />
          </Form.Item>
          <Form.Item name="reason" label={t('access.reason')} extra={t('access.reasonHint')} rules={[{ required: true, whitespace: true, message: t('access.reasonHint') }]}>
            <Input.TextArea rows={3} maxLength={1000} autoFocus />
          </Form.Item>
        </Form>
      </Modal>
    </>
  )
}
