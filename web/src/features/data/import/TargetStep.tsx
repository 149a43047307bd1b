import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { assetsQuery } from '@/api/queries'
import { ErrorBody } from '@/components/ErrorBody'
import type { ErrorWords } from '@/components/useErrorText'
import css from './ImportPage.module.css'

export interface Target {
  datasetId: string | null
  name: string
  mode: 'append' | 'replace' | 'upsert'
  key: string[]
  message: string
  maxRejected: number
}

interface Props {
  projectId: string
  datasetId: string | null
  suggestedName: string
  columns: string[]
  busy: boolean
  problem: ErrorWords | null
  onBack: () => void
  onRun: (target: Target) => void
}

/** A new dataset, or a new version of one: added to it, instead of it, or by key. */
export function TargetStep({ projectId, datasetId, suggestedName, columns, busy, problem, onBack, onRun }: Props) {
  const { t } = useTranslation(['import', 'common'])
  const [form] = Form.useForm<Target & { where: 'new' | 'old' }>()
  const where = Form.useWatch('where', form) ?? (datasetId ? 'old' : 'new')
  const mode = Form.useWatch('mode', form)
  const assets = useQuery(assetsQuery(projectId))
  const editable = (assets.data ?? []).filter((a) => a.rights.includes('edit'))
  return (
    <Form
      form={form}
      layout="vertical"
      style={{ maxWidth: 620 }}
      initialValues={{ where: datasetId ? 'old' : 'new', datasetId, name: suggestedName, mode: datasetId ? 'append' : 'replace', key: [], message: '', maxRejected: 1 }}
      onFinish={(values) =>
        onRun({
          ...values,
          datasetId: values.where === 'old' ? values.datasetId : null,
          mode: values.where === 'old' ? values.mode : 'replace',
          key: values.where === 'old' && values.mode === 'upsert' ? values.key : [],
          message: values.message ?? '',
        })
      }
    >
      <Form.Item name="where" label={t('target.where')}>
        <Radio.Group
          options={[
            { value: 'new', label: t('target.new') },
            { value: 'old', label: t('target.old'), disabled: editable.length === 0 && !datasetId },
          ]}
        />
      </Form.Item>
      {where === 'new' ? (
        <Form.Item name="name" label={t('target.name')} extra={t('target.nameHint')} rules={[{ required: true, whitespace: true, message: t('target.nameMissing') }]}>
          <Input maxLength={120} />
        </Form.Item>
      ) : (
        <>
          <Form.Item name="datasetId" label={t('target.dataset')} rules={[{ required: true, message: t('target.datasetMissing') }]}>
            <Select showSearch={{ optionFilterProp: 'label' }} loading={assets.isPending} options={editable.map((a) => ({ value: a.id, label: a.name }))} />
          </Form.Item>
          <Form.Item name="mode" label={t('target.mode')}>
            <Radio.Group style={{ display: 'flex', flexDirection: 'column', gap: 6 }}>
              {(['append', 'replace', 'upsert'] as const).map((value) => (
                <Radio key={value} value={value}>
                  {t(`target.modes.${value}`)} <span className="faint">{t(`target.modeHints.${value}`)}</span>
                </Radio>
              ))}
            </Radio.Group>
          </Form.Item>
          {mode === 'upsert' && (
            <Form.Item name="key" label={t('target.key')} extra={t('target.keyHint')} rules={[{ required: true, message: t('target.keyMissing') }]}>
              <Select mode="multiple" options={columns.map((value) => ({ value, label: value }))} />
            </Form.Item>
          )}
        </>
      )}
      <Form.Item name="message" label={t('target.message')} extra={t('target.messageHint')}>
        <Input maxLength={500} />
      </Form.Item>
      <Form.Item name="maxRejected" label={t('target.rejects')} extra={t('target.rejectsHint')}>
        <InputNumber min={0} max={100} suffix="%" style={{ width: 130 }} />
      </Form.Item>
      {problem && (
        <div className={css.problem} role="alert">
          <b>{problem.title}</b>
          <ErrorBody words={problem} />
        </div>
      )}
      <div className={css.foot}>
        <Button onClick={onBack}>{t('common:action.back')}</Button>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('run')}
        </Button>
      </div>
    </Form>
  )
}
