import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Modal, Select, Typography } from 'antd'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { projectsQuery } from '@/api/queries'
import type { Token } from '@/api/types'
import { Ago, Tag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { useFormat } from '@/lib/useFormat'

const SCOPES = ['read', 'write', 'admin'] as const
const DAYS = [7, 30, 90, 365]

/** One's own keys for programs. */
export function Tokens() {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const f = useFormat()
  const { modal } = App.useApp()
  const [making, setMaking] = useState(false)
  const projects = useQuery(projectsQuery)
  const tokens = useQuery({
    queryKey: keys.tokens,
    queryFn: async () => (await call(api.GET('/api/v1/me/tokens'))).items,
  })
  const revoke = useMutate((token_id: string) => call(api.DELETE('/api/v1/me/tokens/{token_id}', { params: { path: { token_id } } })), {
    touches: [keys.tokens],
  })
  const ask = (token: Token) =>
    modal.confirm({
      title: t('token.revokeTitle', { name: token.name }),
      content: t('token.revokeText'),
      okText: t('token.revoke'),
      okButtonProps: { danger: true },
      onOk: () => revoke.mutateAsync(token.id).catch(() => undefined),
    })
  const make = (
    <Button icon={<KeyRound size={15} />} onClick={() => setMaking(true)}>
      {t('token.new')}
    </Button>
  )
  return (
    <>
      <QueryView query={tokens} empty={<State inline icon={<KeyRound size={24} strokeWidth={1.5} />} title={t('token.none')} text={t('token.noneText')} actions={make} />}>
        {(list) => (
          <>
            <div style={{ marginBottom: 16 }}>{make}</div>
            <DataTable<Token> label={t('tab.tokens')}
              rowKey="id"
              dataSource={list}
              columns={[
                { key: 'name', title: t('name'), dataIndex: 'name' },
                { key: 'scope', title: t('token.scope'), render: (_, k) => <Tag tone={k.scope === 'admin' ? 'warn' : 'plain'}>{t(`token.scopes.${k.scope}`)}</Tag> },
                { key: 'project', title: t('token.project'), render: (_, k) => projects.data?.find((p) => p.id === k.project_id)?.name ?? t('token.everywhere') },
                { key: 'made', title: t('token.made'), render: (_, k) => <Ago at={k.created_at} /> },
                { key: 'used', title: t('token.used'), render: (_, k) => (k.last_used_at ? <Ago at={k.last_used_at} /> : <span className="faint">{t('token.never')}</span>) },
                { key: 'ends', title: t('token.ends'), render: (_, k) => (new Date(k.expires_at) < new Date() ? <Tag tone="fail">{t('token.over')}</Tag> : f.date(k.expires_at)) },
                {
                  key: 'do', align: 'right',
                  render: (_, k) => (
                    <Button size="small" type="text" danger onClick={() => ask(k)}>
                      {t('token.revoke')}
                    </Button>
                  ),
                },
              ]}
            />
          </>
        )}
      </QueryView>
      {making && <NewToken onClose={() => setMaking(false)} />}
    </>
  )
}

interface Values {
  name: string
  scope: (typeof SCOPES)[number]
  project_id?: string
  expires_in_days: number
}

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['team', 'common', 'auth'])
  const f = useFormat()
  const [form] = Form.useForm<Values>()
  const [secret, setSecret] = useState<string | null>(null)
  const projects = useQuery(projectsQuery)
  const make = useMutate(
    ({ project_id, ...body }: Values) => call(api.POST('/api/v1/me/tokens', { body: { ...body, project_id: project_id ?? null } })),
    { touches: [keys.tokens], onSuccess: (made) => setSecret(made.secret) },
  )
  if (secret !== null)
    return (
      <Modal open title={t('token.madeTitle')} onCancel={onClose} footer={<Button type="primary" onClick={onClose}>{t('token.kept')}</Button>} mask={{ closable: false }}>
        <Alert type="warning" showIcon title={t('token.once')} style={{ marginBottom: 12 }} />
        <Typography.Paragraph copyable={{ text: secret }} className="mono" style={{ overflowWrap: 'anywhere' }}>
          {secret}
        </Typography.Paragraph>
      </Modal>
    )
  return (
    <Modal open title={t('token.new')} okText={t('common:action.create')} onCancel={onClose} onOk={() => form.submit()} confirmLoading={make.isPending}>
      <Form form={form} layout="vertical" initialValues={{ scope: 'read', expires_in_days: 90 }} onFinish={(values) => make.mutate(values)}>
        <Form.Item name="name" label={t('name')} extra={t('token.nameHint')} rules={[{ required: true, whitespace: true, message: t('auth:nameMissing') }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="scope" label={t('token.scope')}>
          <Select options={SCOPES.map((value) => ({ value, label: `${t(`token.scopes.${value}`)} · ${t(`token.scopeHelp.${value}`)}` }))} />
        </Form.Item>
        <Form.Item name="project_id" label={t('token.project')}>
          <Select allowClear placeholder={t('token.everywhere')} options={(projects.data ?? []).map((p) => ({ value: p.id, label: p.name }))} />
        </Form.Item>
        <Form.Item name="expires_in_days" label={t('token.ends')}>
          <Select options={DAYS.map((value) => ({ value, label: t('token.inDays', { n: f.number(value) }) }))} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
