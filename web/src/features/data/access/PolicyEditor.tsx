import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, InputNumber, Select, Space } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { projectMembersQuery } from '@/api/queries'
import type { Asset } from '@/api/types'
import { OPERATORS, toConditions, toFilter, type Condition, type Filter, type Operator } from '@/lib/filter'
import { PROJECT_ROLES } from '@/lib/rights'
import { useProjectId } from '@/lib/router'
import { isNumeric } from '@/lib/types'
import { useColumns } from '../useColumns'
import type { Rule } from './Policies'
import css from './Policies.module.css'

const MASKS = ['hash', 'partial', 'bucket', 'null'] as const

interface MaskLine {
  column: string
  kind: (typeof MASKS)[number]
  width?: number
  keep_start?: number
  keep_end?: number
}

interface Values {
  name: string
  conditions?: Condition[]
  masks?: MaskLine[]
  hidden_columns?: string[]
  exempt_roles?: string[]
  exempt_users?: string[]
}

interface Props {
  asset: Asset
  seq: number
  rule: Rule | null
  saving: boolean
  onCancel: () => void
  onSave: (rule: Rule) => void
}

/** One rule: which rows exist, which columns are masked or hidden, and for whom it doesn't hold. */
export function PolicyEditor({ asset, seq, rule, saving, onCancel, onSave }: Props) {
  const { t } = useTranslation(['data', 'common'])
  const columns = useColumns(asset.id, seq)
  const members = useQuery(projectMembersQuery(useProjectId()))
  const [form] = Form.useForm<Values>()
  const kept = toConditions(rule?.row_filter as Filter | undefined)
  const names = (columns.data ?? []).map((c) => ({ value: c.name, label: c.name }))
  const numeric = (name: string) => isNumeric(columns.data?.find((c) => c.name === name)?.type ?? '')
  const initial: Values = {
    name: rule?.name ?? '',
    conditions: kept ?? [],
    masks: Object.entries(rule?.masks ?? {}).map(([column, mask]) => ({ column, ...mask })),
    hidden_columns: rule?.hidden_columns ?? [],
    exempt_roles: rule?.exempt_roles ?? ['maintainer', 'owner'],
    exempt_users: rule?.exempt_users ?? [],
  }
  const finish = (values: Values) => {
    const filter = kept === null ? (rule?.row_filter as Filter) : toFilter(values.conditions ?? [], numeric)
    const masks = Object.fromEntries(
      (values.masks ?? []).map(({ column, kind, width, keep_start, keep_end }) => [
        column,
        kind === 'bucket' ? { kind, width: width ?? 1 } : kind === 'partial' ? { kind, keep_start: keep_start ?? 0, keep_end: keep_end ?? 0 } : { kind },
      ]),
    )
    onSave({
      name: values.name.trim(),
      masks,
      hidden_columns: values.hidden_columns ?? [],
      exempt_roles: values.exempt_roles ?? [],
      exempt_users: values.exempt_users ?? [],
      ...(filter ? { row_filter: filter } : {}),
    })
  }
  const need = [{ required: true, message: t('policy.missing') }]
  return (
    <Drawer
      open
      size={640}
      onClose={onCancel}
      title={rule ? t('policy.edit') : t('policy.add')}
      extra={
        <Button type="primary" loading={saving} onClick={() => form.submit()}>
          {t('common:action.save')}
        </Button>
      }
    >
      <Form form={form} layout="vertical" initialValues={initial} onFinish={finish}>
        <Form.Item name="name" label={t('policy.name')} rules={[{ required: true, whitespace: true, message: t('policy.missing') }]}>
          <Input maxLength={100} placeholder={t('policy.nameHint')} />
        </Form.Item>
        <h3 className={css.part}>{t('policy.rowsTitle')}</h3>
        {kept === null ? (
          <p className="soft">{t('policy.complex')}</p>
        ) : (
          <Form.List name="conditions">
            {(fields, { add, remove }) => (
              <>
                {fields.map((field) => (
                  <div key={field.key} className={css.line}>
                    <Form.Item name={[field.name, 'column']} rules={need}>
                      <Select showSearch options={names} placeholder={t('strip.column')} aria-label={t('strip.column')} />
                    </Form.Item>
                    <Form.Item name={[field.name, 'operator']}>
                      <Select options={OPERATORS.map((value) => ({ value, label: t(`policy.op.${value}`) }))} aria-label={t('policy.operator')} />
                    </Form.Item>
                    <Form.Item noStyle shouldUpdate>
                      {({ getFieldValue }) => <ConditionValue operator={getFieldValue(['conditions', field.name, 'operator']) as Operator} name={field.name} />}
                    </Form.Item>
                    <Button type="text" icon={<Trash2 size={15} />} aria-label={t('common:action.remove')} onClick={() => remove(field.name)} />
                  </div>
                ))}
                <Button type="dashed" size="small" icon={<Plus size={14} />} onClick={() => add({ operator: 'eq' })}>
                  {t('policy.addCondition')}
                </Button>
              </>
            )}
          </Form.List>
        )}
        <h3 className={css.part}>{t('policy.masksTitle')}</h3>
        <Form.List name="masks">
          {(fields, { add, remove }) => (
            <>
              {fields.map((field) => (
                <div key={field.key} className={css.line}>
                  <Form.Item name={[field.name, 'column']} rules={need}>
                    <Select showSearch options={names} placeholder={t('strip.column')} aria-label={t('strip.column')} />
                  </Form.Item>
                  <Form.Item name={[field.name, 'kind']}>
                    <Select options={MASKS.map((value) => ({ value, label: t(`policy.maskName.${value}`) }))} aria-label={t('policy.masksTitle')} />
                  </Form.Item>
                  <Form.Item noStyle shouldUpdate>
                    {({ getFieldValue }) => <MaskValue kind={getFieldValue(['masks', field.name, 'kind']) as MaskLine['kind']} name={field.name} />}
                  </Form.Item>
                  <Button type="text" icon={<Trash2 size={15} />} aria-label={t('common:action.remove')} onClick={() => remove(field.name)} />
                </div>
              ))}
              <Button type="dashed" size="small" icon={<Plus size={14} />} onClick={() => add({ kind: 'hash' })}>
                {t('policy.addMask')}
              </Button>
            </>
          )}
        </Form.List>
        <h3 className={css.part}>{t('policy.hiddenTitle')}</h3>
        <Form.Item name="hidden_columns">
          <Select mode="multiple" options={names} aria-label={t('policy.hiddenTitle')} placeholder={t('quality.columns')} />
        </Form.Item>
        <h3 className={css.part}>{t('policy.exemptTitle')}</h3>
        <Form.Item name="exempt_roles" label={t('policy.exemptRoles')}>
          <Select mode="multiple" options={PROJECT_ROLES.map((value) => ({ value, label: t(`common:role.${value}`) }))} />
        </Form.Item>
        <Form.Item name="exempt_users" label={t('policy.exemptUsers')}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={(members.data ?? []).map((m) => ({ value: m.user.id, label: m.user.name }))} />
        </Form.Item>
      </Form>
    </Drawer>
  )
}

function ConditionValue({ operator, name }: { operator: Operator; name: number }) {
  const { t } = useTranslation(['data', 'common'])
  if (operator === 'null' || operator === 'not_null') return <span />
  const rules = [{ required: true, message: t('policy.missing') }]
  if (operator === 'in')
    return (
      <Form.Item name={[name, 'values']} rules={rules}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder={t('quality.values')} aria-label={t('quality.values')} />
      </Form.Item>
    )
  return (
    <Form.Item name={[name, 'value']} rules={rules}>
      <Input placeholder={t('policy.value')} aria-label={t('policy.value')} />
    </Form.Item>
  )
}

function MaskValue({ kind, name }: { kind: MaskLine['kind']; name: number }) {
  const { t } = useTranslation(['data', 'common'])
  if (kind === 'bucket')
    return (
      <Form.Item name={[name, 'width']} rules={[{ required: true, message: t('policy.missing') }]}>
        <InputNumber min={0} placeholder={t('policy.width')} aria-label={t('policy.width')} style={{ width: '100%' }} />
      </Form.Item>
    )
  if (kind === 'partial')
    return (
      <Space.Compact>
        <Form.Item name={[name, 'keep_start']}>
          <InputNumber min={0} max={64} precision={0} placeholder={t('policy.first')} aria-label={t('policy.first')} />
        </Form.Item>
        <Form.Item name={[name, 'keep_end']}>
          <InputNumber min={0} max={64} precision={0} placeholder={t('policy.last')} aria-label={t('policy.last')} />
        </Form.Item>
      </Space.Compact>
    )
  return <span />
}
