import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { FolderPlus, Layers } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { projectsQuery, useSession } from '@/api/queries'
import { AppLink } from '@/components/AppLink'
import { Ago, Tag } from '@/components/bits'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import css from './Projects.module.css'

export function Projects() {
  const { t } = useTranslation(['projects', 'common'])
  const projects = useQuery(projectsQuery)
  const session = useSession()
  const [creating, setCreating] = useState(false)
  const mayCreate = session.data !== null && session.data !== undefined && session.data.org.role !== 'guest'
  const create = mayCreate && (
    <Button type="primary" icon={<FolderPlus size={15} />} onClick={() => setCreating(true)}>
      {t('new')}
    </Button>
  )
  return (
    <Page title={t('title')} sub={session.data?.org.name} actions={create}>
      <QueryView
        query={projects}
        empty={<State icon={<Layers size={26} strokeWidth={1.5} />} title={t('empty.title')} text={mayCreate ? t('empty.text') : t('empty.guest')} actions={create} />}
      >
        {(list) => (
          <ul className={css.list}>
            {list.map((project) => (
              <li key={project.id}>
                <AppLink href={urls.home(project.id)} className={css.card}>
                  <span className={css.name}>{project.name}</span>
                  <span className={css.text}>{project.description || t('noDescription')}</span>
                  <span className={css.foot}>
                    {project.role && <Tag>{t(`common:role.${project.role}`)}</Tag>}
                    <span className="small faint">
                      <Ago at={project.updated_at} />
                    </span>
                  </span>
                </AppLink>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      {creating && <NewProject onClose={() => setCreating(false)} />}
    </Page>
  )
}

function NewProject({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['projects', 'common'])
  const go = useGo()
  const [form] = Form.useForm<{ name: string; description?: string }>()
  const create = useMutate(
    (values: { name: string; description?: string }) =>
      call(api.POST('/api/v1/projects', { body: { name: values.name, description: values.description ?? '' } })),
    { touches: [keys.projects], onSuccess: (project) => go(urls.home(project.id)) },
  )
  return (
    <Modal open title={t('new')} okText={t('common:action.create')} onCancel={onClose} onOk={() => form.submit()} confirmLoading={create.isPending}>
      <Form form={form} layout="vertical" onFinish={(values) => create.mutate(values)}>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('nameMissing') }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="description" label={t('description')}>
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
