import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select, Space } from 'antd'
import { CircleCheck, CircleX, Plus, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import type { QualityResult, QualityRule } from '@/api/types'
import { Tag } from '@/components/bits'
import { PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { LargerScreen, State } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { tidy } from '../quality'
import { useColumns } from '../useColumns'
import css from './QualityTab.module.css'
import type { TabProps } from './types'

const KINDS = ['not_null', 'unique', 'range', 'set', 'pattern'] as const

/** Rules that every version is checked against, and how this one did. */
export function QualityTab({ asset, seq }: TabProps) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const narrow = useNarrow()
  const [editing, setEditing] = useState(false)
  const results = useQuery({
    queryKey: keys.quality(asset.id, seq),
    queryFn: async () =>
      (
        await callAs<{ items: QualityResult[] }>(api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/quality', { params: { path: { asset_id: asset.id, seq } } }))
      ).items,
  })
  const mayEdit = asset.rights.includes('edit')
  const edit = mayEdit && !narrow && (
    <Button icon={<ShieldCheck size={15} />} onClick={() => setEditing(true)}>
      {t('quality.edit')}
    </Button>
  )
  if (editing) return <RuleEditor assetId={asset.id} seq={seq} onClose={() => setEditing(false)} />
  return (
    <>
      {narrow && mayEdit && <LargerScreen />}
      <QueryView
        query={results}
        empty={<State inline icon={<ShieldCheck size={24} strokeWidth={1.5} />} title={t('quality.empty')} text={t('quality.emptyText')} actions={edit} />}
      >
        {(list) => (
          <PageSection title={t('quality.results', { seq })} extra={edit}>
            <ul className={css.results}>
              {list.map((result, index) => (
                <li key={index} className={css.result}>
                  {result.passed ? <CircleCheck size={17} color="var(--good)" aria-label={t('quality.passed')} /> : <CircleX size={17} color="var(--fail)" aria-label={t('quality.failed')} />}
                  <span>
                    <RuleWords rule={result.rule} />
                    {!result.passed && (result.examples?.length ?? 0) > 0 && (
                      <div className="small faint ellipsis">
                        {t('quality.examples')} <span className="mono">{result.examples?.slice(0, 5).join(', ')}</span>
                      </div>
                    )}
                  </span>
                  <span className="num soft">{result.passed ? t('quality.allRows') : result.failing_rows === undefined ? '–' : t('quality.failing', { count: result.failing_rows, n: f.number(result.failing_rows, 0) })}</span>
                </li>
              ))}
            </ul>
          </PageSection>
        )}
      </QueryView>
    </>
  )
}

function RuleWords({ rule }: { rule: QualityRule }) {
  const { t } = useTranslation(['data', 'common'])
  const columns = rule.columns.join(' + ')
  const range = rule.min !== undefined ? (rule.max !== undefined ? `${rule.min} … ${rule.max}` : `≥ ${rule.min}`) : `≤ ${rule.max ?? ''}`
  const detail = { range, set: (rule.values ?? []).join(', '), pattern: rule.pattern ?? '', not_null: '', unique: '' }[rule.kind]
  return (
    <span>
      <b>{columns}</b> {t(`quality.says.${rule.kind}`)} {detail && <span className="mono">{detail}</span>} {rule.blocking && <Tag tone="warn">{t('quality.blocking')}</Tag>}
    </span>
  )
}

function RuleEditor({ assetId, seq, onClose }: { assetId: string; seq: number; onClose: () => void }) {
  const { t } = useTranslation(['data', 'common'])
  const columns = useColumns(assetId, seq)
  const rules = useQuery({
    queryKey: keys.rules(assetId),
    queryFn: async () => (await callAs<{ rules: QualityRule[] }>(api.GET('/api/v1/datasets/{asset_id}/quality-rules', { params: { path: { asset_id: assetId } } }))).rules,
  })
  const save = useMutate(
    (next: QualityRule[]) =>
      call(api.PUT('/api/v1/datasets/{asset_id}/quality-rules', { params: { path: { asset_id: assetId } }, body: { rules: next.map((rule) => tidy(rule, columns.data ?? [])) as never } })),
    { touches: [keys.asset(assetId)], done: t('quality.saved'), onSuccess: onClose },
  )
  const options = (columns.data ?? []).map((c) => ({ value: c.name, label: c.name }))
  return (
    <QueryView query={rules}>
      {(initial) => (
        <Form<{ rules: QualityRule[] }> initialValues={{ rules: initial.length ? initial : [{ kind: 'not_null', columns: [] }] }} onFinish={(values) => save.mutate(values.rules)} style={{ maxWidth: 980 }}>
          <p className="soft" style={{ marginBottom: 14 }}>
            {t('quality.editText')}
          </p>
          <Form.List name="rules">
            {(fields, { add, remove }) => (
              <>
                {fields.map((field) => (
                  <div key={field.key} className={css.rule}>
                    <Form.Item name={[field.name, 'columns']} rules={[{ required: true, message: t('quality.columnMissing') }]}>
                      <Select mode="multiple" options={options} placeholder={t('quality.columns')} aria-label={t('quality.columns')} />
                    </Form.Item>
                    <Form.Item name={[field.name, 'kind']}>
                      <Select options={KINDS.map((value) => ({ value, label: t(`quality.kind.${value}`) }))} aria-label={t('quality.rule')} />
                    </Form.Item>
                    <Form.Item noStyle shouldUpdate>
                      {({ getFieldValue }) => <Details kind={getFieldValue(['rules', field.name, 'kind']) as QualityRule['kind']} name={field.name} />}
                    </Form.Item>
                    <Form.Item name={[field.name, 'blocking']} valuePropName="checked">
                      <Checkbox>{t('quality.blocking')}</Checkbox>
                    </Form.Item>
                    <Button type="text" icon={<Trash2 size={15} />} aria-label={t('common:action.remove')} onClick={() => remove(field.name)} />
                  </div>
                ))}
                <Button type="dashed" icon={<Plus size={15} />} onClick={() => add({ kind: 'not_null', columns: [] })}>
                  {t('quality.add')}
                </Button>
              </>
            )}
          </Form.List>
          <div style={{ display: 'flex', gap: 8, marginTop: 20 }}>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t('common:action.save')}
            </Button>
            <Button onClick={onClose}>{t('common:action.cancel')}</Button>
          </div>
        </Form>
      )}
    </QueryView>
  )
}

function Details({ kind, name }: { kind: QualityRule['kind']; name: number }) {
  const { t } = useTranslation(['data', 'common'])
  if (kind === 'range')
    return (
      <Space>
        <Form.Item name={[name, 'min']}>
          <Input placeholder={t('quality.min')} aria-label={t('quality.min')} />
        </Form.Item>
        <Form.Item name={[name, 'max']}>
          <Input placeholder={t('quality.max')} aria-label={t('quality.max')} />
        </Form.Item>
      </Space>
    )
  if (kind === 'set')
    return (
      <Form.Item name={[name, 'values']} rules={[{ required: true, message: t('quality.valuesMissing') }]}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder={t('quality.values')} aria-label={t('quality.values')} />
      </Form.Item>
    )
  if (kind === 'pattern')
    return (
      <Form.Item name={[name, 'pattern']} rules={[{ required: true, message: t('quality.patternMissing') }]}>
        <Input className="mono" placeholder="^[A-Z]{2}\d{4}$" aria-label={t('quality.kind.pattern')} />
      </Form.Item>
    )
  return <span />
}
