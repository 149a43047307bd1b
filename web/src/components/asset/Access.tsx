import { useQuery } from '@tanstack/react-query'
import { App, Button, Form, Select } from 'antd'
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { projectMembersQuery } from '@/api/queries'
import type { Asset, Grant } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { Ago, Person, Tag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { LargerScreen } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { Requests } from './Requests'

const RIGHTS = ['discover', 'use', 'download', 'edit', 'manage'] as const
type Right = (typeof RIGHTS)[number]

/** Who may do what with an asset, and who asks; `children` is what its kind has beside that. */
export function Access({ asset, children }: { asset: Asset; children?: ReactNode }) {
  const { t } = useTranslation(['data', 'common'])
  const narrow = useNarrow()
  const manager = asset.rights.includes('manage')
  const missing = RIGHTS.filter((right) => !asset.rights.includes(right))
  return (
    <div style={{ maxWidth: 1000 }}>
      {narrow && manager && <LargerScreen />}
      {!manager && missing.length > 0 && (
        <div style={{ display: 'flex', gap: 12, alignItems: 'center', marginBottom: 8, flexWrap: 'wrap' }}>
          <span className="soft">{t('access.missing', { rights: missing.map((right) => t(`common:right.${right}`)).join(t('common:list')) })}</span>
          <AskAccess assetId={asset.id} action={missing.find((right) => right !== 'discover') ?? 'use'} />
        </div>
      )}
      {!manager && <p className="soft small">{t('access.closed')}</p>}
      {asset.restricted_by.length > 0 && <Inherited asset={asset} />}
      {manager && <Grants asset={asset} editable={!narrow} />}
      {manager && <Requests assetId={asset.id} />}
      {children}
    </div>
  )
}

function Inherited({ asset }: { asset: Asset }) {
  const { t } = useTranslation(['data', 'common'])
  const projectId = useProjectId()
  const { modal } = App.useApp()
  const release = useMutate(() => call(api.POST('/api/v1/assets/{asset_id}/release', { params: { path: { asset_id: asset.id } } })), {
    touches: [keys.asset(asset.id)],
    done: t('access.released'),
  })
  return (
    <PageSection
      title={t('access.inherited')}
      extra={
        asset.rights.includes('manage') && (
          <Button
            size="small"
            loading={release.isPending}
            onClick={() =>
              modal.confirm({
                title: t('access.releaseTitle'),
                content: t('access.releaseText'),
                okText: t('access.release'),
                onOk: () => release.mutateAsync().catch(() => undefined),
              })
            }
          >
            {t('access.release')}
          </Button>
        )
      }
    >
      <p className="soft">
        {t('access.inheritedText')}{' '}
        {asset.restricted_by.map((source, index) => (
          <span key={source.id}>
            {index > 0 && t('common:list')}
            <AppLink href={urls.asset(projectId, source)}>{source.name}</AppLink>
          </span>
        ))}
      </p>
    </PageSection>
  )
}

function Grants({ asset, editable }: { asset: Asset; editable: boolean }) {
  const { t } = useTranslation(['data', 'common'])
  const projectId = useProjectId()
  const grants = useQuery({
    queryKey: keys.grants(asset.id),
    queryFn: async () =>
      (await call(api.GET('/api/v1/assets/{asset_id}/grants', { params: { path: { asset_id: asset.id } } }))).items,
  })
  const members = useQuery({ ...projectMembersQuery(projectId), enabled: editable })
  const [form] = Form.useForm<{ user_id: string; action: Right }>()
  const touches = [keys.grants(asset.id), keys.asset(asset.id)]
  const add = useMutate(
    (body: { user_id: string; action: Right }) =>
      call(api.POST('/api/v1/assets/{asset_id}/grants', { params: { path: { asset_id: asset.id } }, body })),
    { touches, onSuccess: () => form.resetFields() },
  )
  const remove = useMutate(
    (grant: Grant) =>
      call(api.DELETE('/api/v1/assets/{asset_id}/grants/{grant_id}', { params: { path: { asset_id: asset.id, grant_id: grant.id } } })),
    { touches },
  )
  return (
    <PageSection title={t('access.grants')} extra={<span className="small faint">{t('access.grantsHint')}</span>}>
      {editable && (
        <Form form={form} layout="inline" style={{ marginBottom: 12, gap: 8 }} initialValues={{ action: 'use' }} onFinish={(values) => add.mutate(values)}>
          <Form.Item name="user_id" rules={[{ required: true, message: t('access.personMissing') }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              style={{ width: 280 }}
              loading={members.isPending}
              placeholder={t('access.person')}
              aria-label={t('access.person')}
              options={(members.data ?? []).map((m) => ({ value: m.user.id, label: `${m.user.name} · ${m.user.email}` }))}
            />
          </Form.Item>
          <Form.Item name="action">
            <Select style={{ width: 130 }} aria-label={t('common:access.for')} options={RIGHTS.map((value) => ({ value, label: t(`common:right.${value}`) }))} />
          </Form.Item>
          <Button htmlType="submit" icon={<KeyRound size={15} />} loading={add.isPending}>
            {t('access.grant')}
          </Button>
        </Form>
      )}
      <QueryView query={grants} inline empty={<p className="soft">{t('access.noGrants')}</p>}>
        {(list) => (
          <DataTable<Grant> label={t('access.grants')}
            rowKey="id"
            dataSource={list}
            columns={[
              { key: 'who', title: t('access.person'), render: (_, g) => <Person user={g.user} /> },
              { key: 'action', title: t('common:access.for'), render: (_, g) => <Tag>{t(`common:right.${g.action}`)}</Tag> },
              { key: 'by', title: t('access.by'), render: (_, g) => <Person user={g.granted_by} /> },
              { key: 'at', title: t('versions.at'), render: (_, g) => <Ago at={g.created_at} /> },
              {
                key: 'do', align: 'right',
                render: (_, g) =>
                  editable && (
                    <Button size="small" type="text" loading={remove.isPending && remove.variables.id === g.id} onClick={() => remove.mutate(g)}>
                      {t('access.revoke')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </PageSection>
  )
}
