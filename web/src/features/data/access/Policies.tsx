import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { EyeOff, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import { projectMembersQuery } from '@/api/queries'
import type { Asset, PolicyRule } from '@/api/types'
import { PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { toConditions, type Condition, type Filter } from '@/lib/filter'
import { useProjectId } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { PolicyEditor } from './PolicyEditor'
import css from './Policies.module.css'

export type Rule = PolicyRule

/** Rules on which rows and values of a dataset people see. */
export function Policies({ asset, seq, editable }: { asset: Asset; seq: number; editable: boolean }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const [editing, setEditing] = useState<number | 'new' | null>(null)
  const policies = useQuery({
    queryKey: keys.policies(asset.id),
    queryFn: () => callAs<{ rules: PolicyRule[]; outdated: { rule: string; columns: string[] }[] }>(api.GET('/api/v1/datasets/{asset_id}/policies', { params: { path: { asset_id: asset.id } } })),
    enabled: asset.rights.includes('manage'),
  })
  const save = useMutate(
    (rules: Rule[]) => call(api.PUT('/api/v1/datasets/{asset_id}/policies', { params: { path: { asset_id: asset.id } }, body: { rules: rules as never } })),
    { touches: [keys.asset(asset.id)], done: t('policy.saved'), onSuccess: () => setEditing(null) },
  )
  if (!asset.rights.includes('manage')) return null
  const rules = policies.data?.rules ?? []
  return (
    <PageSection
      title={t('policy.title')}
      extra={
        editable && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setEditing('new')}>
            {t('policy.add')}
          </Button>
        )
      }
    >
      <QueryView
        query={policies}
        inline
        isEmpty={(p) => p.rules.length === 0}
        empty={<p className="soft">{t('policy.none')}</p>}
      >
        {(data) => (
          <>
            {data.outdated.length > 0 && (
              <Alert
                type="warning"
                showIcon
                role="alert"
                style={{ marginBottom: 12 }}
                title={t('policy.outdated')}
                description={
                  <ul>
                    {data.outdated.map((one) => (
                      <li key={one.rule}>
                        {f.named(one.rule, one.columns.join(', '))}
                      </li>
                    ))}
                  </ul>
                }
              />
            )}
            <ul className={css.rules}>
              {data.rules.map((rule, index) => (
                <li key={index} className={css.rule}>
                  <EyeOff size={16} color="var(--ink-faint)" aria-hidden />
                  <RuleWords rule={rule} />
                  {editable && (
                    <span className="nowrap">
                      <Button type="text" size="small" icon={<Pencil size={14} />} aria-label={f.named(t('common:action.edit'), rule.name)} onClick={() => setEditing(index)} />
                      <Button type="text" size="small" icon={<Trash2 size={14} />} aria-label={f.named(t('common:action.remove'), rule.name)} onClick={() => save.mutate(rules.filter((_, i) => i !== index))} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </QueryView>
      {editing !== null && (
        <PolicyEditor
          asset={asset}
          seq={seq}
          rule={editing === 'new' ? null : (rules[editing] ?? null)}
          saving={save.isPending}
          onCancel={() => setEditing(null)}
          onSave={(rule) => save.mutate(editing === 'new' ? [...rules, rule] : rules.map((old, i) => (i === editing ? rule : old)))}
        />
      )}
    </PageSection>
  )
}

function RuleWords({ rule }: { rule: Rule }) {
  const { t } = useTranslation(['data', 'common'])
  const members = useQuery(projectMembersQuery(useProjectId()))
  const conditions = toConditions(rule.row_filter as Filter | null | undefined)
  const words = (c: Condition) => `${c.column} ${t(`policy.op.${c.operator}`)} ${c.values?.join(', ') ?? c.value ?? ''}`.trim()
  const exempt = [
    ...(rule.exempt_roles ?? []).map((role) => t(`common:role.${role as 'guest'}`)),
    ...(rule.exempt_users ?? []).map((id) => members.data?.find((m) => m.user.id === id)?.user.name ?? id),
  ]
  return (
    <div style={{ flex: 1, minWidth: 0 }}>
      <b>{rule.name}</b>
      <div className="soft small">
        {rule.row_filter ? (
          <div>
            {t('policy.rows')} <span className="mono">{conditions ? conditions.map(words).join(` ${t('policy.and')} `) : JSON.stringify(rule.row_filter)}</span>
          </div>
        ) : null}
        {Object.entries(rule.masks ?? {}).map(([column, mask]) => (
          <div key={column}>
            <b>{column}</b> {t(`policy.mask.${mask.kind}`)}
            {mask.kind === 'bucket' && ` (${mask.width ?? ''})`}
            {mask.kind === 'partial' && ` (${mask.keep_start ?? 0}…${mask.keep_end ?? 0})`}
          </div>
        ))}
        {(rule.hidden_columns ?? []).length > 0 && (
          <div>
            {t('policy.hidden')} {rule.hidden_columns?.join(', ')}
          </div>
        )}
        <div className="faint">{exempt.length ? t('policy.exempt', { who: exempt.join(', ') }) : t('policy.everybody')}</div>
      </div>
    </div>
  )
}
