import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Select, Switch } from 'antd'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { useSession } from '@/api/queries'
import type { OrgMember } from '@/api/types'
import { Person, Tag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { QueryView } from '@/components/QueryView'
import { LargerScreen } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { useNarrow } from '@/lib/useMedia'
import { useFormat } from '@/lib/useFormat'
import { orgMembersQuery } from './queries'

const ROLES = ['guest', 'member', 'owner'] as const
type OrgRole = (typeof ROLES)[number]

/** Everybody in the organization. */
export function OrgMembers({ editable: owner }: { editable: boolean }) {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const f = useFormat()
  const narrow = useNarrow()
  const editable = owner && !narrow
  const me = useSession().data?.user.id
  const members = useQuery(orgMembersQuery)
  const [adding, setAdding] = useState(false)
  const change = useMutate(
    ({ user_id, ...body }: { user_id: string; role?: OrgRole; disabled?: boolean }) =>
      call(api.PATCH('/api/v1/org/members/{user_id}', { params: { path: { user_id } }, body })),
    { touches: [keys.orgMembers] },
  )
  const roles = ROLES.map((value) => ({ value, label: t(`common:role.${value}`) }))
  return (
    <>
      {owner && narrow && <LargerScreen />}
      {editable && (
        <Button icon={<UserPlus size={15} />} style={{ marginBottom: 16 }} onClick={() => setAdding(true)}>
          {t('addPerson')}
        </Button>
      )}
      <QueryView query={members}>
        {(list) => (
          <DataTable<OrgMember> label={t('tab.organization')}
            rowKey={(m) => m.user.id}
            dataSource={list}
            pagination={list.length > 50 ? { pageSize: 50 } : false}
            columns={[
              { key: 'name', title: t('person'), render: (_, m) => <Person user={m.user} /> },
              { key: 'email', title: t('email'), render: (_, m) => <span className="soft">{m.user.email}</span> },
              {
                key: 'role', title: t('role'),
                render: (_, m) =>
                  editable && m.user.id !== me ? (
                    <Select size="small" variant="borderless" style={{ width: 120 }} value={m.role} options={roles} aria-label={f.named(t('role'), m.user.name)} onChange={(role: OrgRole) => change.mutate({ user_id: m.user.id, role })} />
                  ) : (
                    <Tag>{t(`common:role.${m.role}`)}</Tag>
                  ),
              },
              {
                key: 'active', title: t('mayUse'),
                render: (_, m) =>
                  editable && m.user.id !== me ? (
                    <Switch size="small" checked={!m.disabled} aria-label={f.named(t('mayUse'), m.user.name)} onChange={(on) => change.mutate({ user_id: m.user.id, disabled: !on })} />
                  ) : (
                    <Tag tone={m.disabled ? 'stale' : 'good'}>{t(m.disabled ? 'off' : 'on')}</Tag>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {adding && <AddPerson onClose={() => setAdding(false)} />}
    </>
  )
}

interface NewPerson {
  email: string
  name: string
  role: OrgRole
  password: string
}

function AddPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const [form] = Form.useForm<NewPerson>()
  const add = useMutate((body: NewPerson) => call(api.POST('/api/v1/org/members', { body })), {
    touches: [keys.orgMembers],
    done: t('added'),
    onSuccess: onClose,
  })
  return (
    <Modal open title={t('addPerson')} okText={t('common:action.add')} onCancel={onClose} onOk={() => form.submit()} confirmLoading={add.isPending}>
      <Form form={form} layout="vertical" initialValues={{ role: 'member' }} onFinish={(values) => add.mutate(values)}>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('auth:nameMissing') }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="email" label={t('email')} rules={[{ required: true, type: 'email', message: t('emailWrong') }]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('role')} extra={t('orgRoleHint')}>
          <Select options={ROLES.map((value) => ({ value, label: t(`common:role.${value}`) }))} />
        </Form.Item>
        <Form.Item name="password" label={t('firstPassword')} extra={t('firstPasswordHint')} rules={[{ required: true, min: 10, message: t('auth:passwordRule') }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
