import { useQuery } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { UserPlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { projectMembersQuery } from '@/api/queries'
import type { Project, ProjectMember } from '@/api/types'
import { Person, Tag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { QueryView } from '@/components/QueryView'
import { LargerScreen } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { can, PROJECT_ROLES, type ProjectRole } from '@/lib/rights'
import { useNarrow } from '@/lib/useMedia'
import { useFormat } from '@/lib/useFormat'
import { orgMembersQuery } from './queries'

/** Who works in this project, in which role. */
export function ProjectMembers({ project, orgRole }: { project: Project; orgRole: string }) {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const f = useFormat()
  const narrow = useNarrow()
  const manager = can(project, 'manageMembers')
  const editable = manager && !narrow
  const members = useQuery(projectMembersQuery(project.id))
  const people = useQuery({ ...orgMembersQuery, enabled: editable && orgRole !== 'guest' })
  const [form] = Form.useForm<{ user_id: string; role: ProjectRole }>()
  const touches = [keys.members(project.id), keys.project(project.id)]
  const put = useMutate(
    ({ user_id, role }: { user_id: string; role: ProjectRole }) =>
      call(
        api.PUT('/api/v1/projects/{project_id}/members/{user_id}', {
          params: { path: { project_id: project.id, user_id } },
          body: { role },
        }),
      ),
    { touches, onSuccess: () => form.resetFields() },
  )
  const remove = useMutate(
    (user_id: string) =>
      call(api.DELETE('/api/v1/projects/{project_id}/members/{user_id}', { params: { path: { project_id: project.id, user_id } } })),
    { touches },
  )
  const roles = PROJECT_ROLES.map((value) => ({ value, label: t(`common:role.${value}`), title: t(`roleHelp.${value}`) }))
  const inside = new Set((members.data ?? []).map((m) => m.user.id))
  return (
    <>
      {manager && narrow && <LargerScreen />}
      {editable && (
        <Form form={form} layout="inline" style={{ marginBottom: 16, gap: 8 }} initialValues={{ role: 'analyst' }} onFinish={(values) => put.mutate(values)}>
          <Form.Item name="user_id" rules={[{ required: true, message: t('personMissing') }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              style={{ width: 300 }}
              loading={people.isPending}
              placeholder={t('personPick')}
              aria-label={t('personPick')}
              options={(people.data ?? []).filter((m) => !inside.has(m.user.id)).map((m) => ({ value: m.user.id, label: `${m.user.name} · ${m.user.email}` }))}
            />
          </Form.Item>
          <Form.Item name="role">
            <Select style={{ width: 140 }} options={roles} aria-label={t('role')} />
          </Form.Item>
          <Button htmlType="submit" icon={<UserPlus size={15} />} loading={put.isPending}>
            {t('addToProject')}
          </Button>
        </Form>
      )}
      <QueryView query={members}>
        {(list) => (
          <DataTable<ProjectMember> label={t('tab.project')}
            rowKey={(m) => m.user.id}
            dataSource={list}
            columns={[
              { key: 'name', title: t('person'), render: (_, m) => <Person user={m.user} /> },
              { key: 'email', title: t('email'), render: (_, m) => <span className="soft">{m.user.email}</span> },
              {
                key: 'role', title: t('role'),
                render: (_, m) =>
                  editable ? (
                    <Select
                      size="small"
                      variant="borderless"
                      value={m.role}
                      options={roles}
                      style={{ width: 130 }}
                      aria-label={f.named(t('role'), m.user.name)}
                      onChange={(role: ProjectRole) => put.mutate({ user_id: m.user.id, role })}
                    />
                  ) : (
                    <Tag>{t(`common:role.${m.role}`)}</Tag>
                  ),
              },
              { key: 'help', title: t('may'), render: (_, m) => <span className="soft small">{t(`roleHelp.${m.role}`)}</span> },
              {
                key: 'do', align: 'right',
                render: (_, m) =>
                  editable && (
                    <Button size="small" type="text" loading={remove.isPending && remove.variables === m.user.id} onClick={() => remove.mutate(m.user.id)}>
                      {t('common:action.remove')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </>
  )
}
