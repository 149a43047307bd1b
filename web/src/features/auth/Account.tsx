import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { useSession } from '@/api/queries'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'

const NARROW = { maxWidth: 420 }

export function Account() {
  const { t } = useTranslation(['auth', 'common'])
  const session = useSession()
  const rename = useMutate((name: string) => call(api.PATCH('/api/v1/me', { body: { name } })), {
    touches: [keys.session],
    done: t('saved'),
  })
  const [form] = Form.useForm<{ current: string; next: string; again: string }>()
  const password = useMutate(
    (values: { current: string; next: string }) =>
      call(api.POST('/api/v1/me/password', { body: { current: values.current, new: values.next } })),
    { done: t('passwordChanged'), onSuccess: () => form.resetFields() },
  )
  return (
    <Page title={t('account')}>
      <QueryView query={session}>
        {(data) =>
          data && (
            <>
              <Form layout="vertical" style={NARROW} initialValues={{ name: data.user.name }} onFinish={({ name }: { name: string }) => rename.mutate(name)}>
                <Form.Item label={t('email')} htmlFor="account-email">
                  <Input id="account-email" value={data.user.email} readOnly variant="filled" />
                </Form.Item>
                <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('nameMissing') }]}>
                  <Input autoComplete="name" maxLength={100} />
                </Form.Item>
                <Button htmlType="submit" loading={rename.isPending}>
                  {t('common:action.save')}
                </Button>
              </Form>
              <PageSection title={t('changePassword')}>
                <Form form={form} layout="vertical" style={NARROW} onFinish={(values) => password.mutate(values)}>
                  <Form.Item name="current" label={t('currentPassword')} rules={[{ required: true, message: t('passwordMissing') }]}>
                    <Input.Password autoComplete="current-password" />
                  </Form.Item>
                  <Form.Item name="next" label={t('newPassword')} extra={t('passwordRule')} rules={[{ required: true, min: 10, message: t('passwordRule') }]}>
                    <Input.Password autoComplete="new-password" />
                  </Form.Item>
                  <Form.Item
                    name="again"
                    label={t('again')}
                    dependencies={['next']}
                    rules={[
                      { required: true, message: t('passwordMissing') },
                      ({ getFieldValue }) => ({
                        validator: (_, value: string) =>
                          !value || value === getFieldValue('next') ? Promise.resolve() : Promise.reject(new Error(t('differs'))),
                      }),
                    ]}
                  >
                    <Input.Password autoComplete="new-password" />
                  </Form.Item>
                  <Button htmlType="submit" loading={password.isPending}>
                    {t('changePassword')}
                  </Button>
                </Form>
              </PageSection>
            </>
          )
        }
      </QueryView>
    </Page>
  )
}
