import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import type { AuditEntry } from '@/api/types'
import { Person, Tag } from '@/components/bits'
import { DataTable } from '@/components/DataTable'
import { DateInput } from '@/components/form/DateInput'
import { ErrorState, Loading } from '@/components/states'
import { useParam, useSetParams } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { orgMembersQuery } from './queries'

/** Every decision, allowed or denied. The filters stand in the address. */
export function Audit() {
  const { t, i18n } = useTranslation(['team', 'common', 'auth'])
  const f = useFormat()
  const setParams = useSetParams()
  const [who] = useParam('who')
  const [action] = useParam('action')
  const [decision] = useParam('decision')
  const [from] = useParam('from')
  const [to] = useParam('to')
  const members = useQuery(orgMembersQuery)
  const query = {
    ...(who ? { who } : {}),
    ...(action ? { action } : {}),
    ...(decision ? { decision: decision as 'allow' | 'deny' } : {}),
    ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(to ? { to: new Date(`${to}T23:59:59`).toISOString() } : {}),
  }
  const pages = useInfiniteQuery({
    queryKey: keys.audit(JSON.stringify(query)),
    queryFn: ({ pageParam }) =>
      call(api.GET('/api/v1/org/audit', { params: { query: { ...query, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const actions = ['discover', 'use', 'download', 'edit', 'manage', 'run', 'write_code', 'write_python', 'create', 'list_members', 'manage_members', 'create_project', 'read_audit']
  const name = (key: string) => (i18n.exists(`team:audit.actions.${key}`) ? t(`audit.actions.${key}` as 'audit.actions.use') : key)
  // The rules that decided, by name; one that this page doesn't know is shown as it is called.
  const reasons = (list: string) => {
    const known = (list || 'nothing').split(' ').map((rule) => (i18n.exists(`team:audit.reasons.${rule}`) ? t(`audit.reasons.${rule}` as 'audit.reasons.org-owner') : rule))
    return [...new Set(known)].join(' · ')
  }
  return (
    <>
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginBottom: 14, alignItems: 'center' }}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          style={{ width: 220 }}
          value={who || undefined}
          placeholder={t('audit.anybody')}
          aria-label={t('person')}
          onChange={(v?: string) => setParams({ who: v })}
          options={(members.data ?? []).map((m) => ({ value: m.user.id, label: m.user.name }))}
        />
        <Select allowClear style={{ width: 170 }} value={action || undefined} placeholder={t('audit.anything')} aria-label={t('audit.action')} onChange={(v?: string) => setParams({ action: v })} options={actions.map((value) => ({ value, label: name(value) }))} />
        <Segmented
          value={decision}
          onChange={(v: string) => setParams({ decision: v })}
          options={[
            { value: '', label: t('audit.both') },
            { value: 'allow', label: t('audit.allow') },
            { value: 'deny', label: t('audit.deny') },
          ]}
        />
        <DateInput style={{ width: 150 }} value={from} aria-label={t('audit.from')} placeholder={t('audit.from')} onChange={(day) => setParams({ from: day })} />
        <span aria-hidden>–</span>
        <DateInput style={{ width: 150 }} value={to} aria-label={t('audit.to')} placeholder={t('audit.to')} onChange={(day) => setParams({ to: day })} />
      </div>
      {pages.isError ? (
        <ErrorState inline error={pages.error} retry={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <Loading />
      ) : (
        <>
          <DataTable<AuditEntry> label={t('tab.audit')}
            rowKey="seq"
            dataSource={pages.data.pages.flatMap((page) => page.items)}
            locale={{ emptyText: t('audit.none') }}
            columns={[
              { key: 'at', title: t('audit.at'), className: 'num', render: (_, e) => <span className="nowrap small">{f.moment(e.at)}</span> },
              { key: 'who', title: t('person'), render: (_, e) => <Person user={e.who} /> },
              { key: 'action', title: t('audit.action'), render: (_, e) => name(e.action) },
              { key: 'on', title: t('audit.on'), render: (_, e) => e.resource_name ?? <span className="mono small">{e.resource_kind} {e.resource_id?.slice(0, 8)}</span> },
              { key: 'decision', title: t('audit.decision'), render: (_, e) => <Tag tone={e.decision === 'allow' ? 'good' : 'fail'}>{t(`audit.${e.decision}`)}</Tag> },
              { key: 'reason', title: t('audit.reason'), render: (_, e) => <span className="small soft" title={e.reason}>{reasons(e.reason)}</span> },
            ]}
          />
          {pages.hasNextPage && (
            <Button style={{ marginTop: 12 }} loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {t('common:action.more')}
            </Button>
          )}
        </>
      )}
    </>
  )
}
