import { Button, Dropdown, Switch } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Text } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { ParamField } from '@/components/form/ParamField'
import type { FormContext } from '@/components/form/ParamForm'
import { freeName, nextOrder, schemaOf, usesOf, withdraw, workflowSchema, type ValueKind } from '../model/declare'
import { schemaParams } from '@/components/form/params'
import { useDoc, useWorkflow } from '../store/document'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { BothWords } from './BothWords'
import { Card } from './Card'
import { ChoiceFields } from './ChoiceFields'
import css from './outside.module.css'

const KINDS: ValueKind[] = ['text', 'integer', 'number', 'boolean', 'date', 'choice']
type Schema = Record<string, unknown>

/** The parameters of the whole workflow. */
export function ParamCards() {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const w = useWorkflow()
  const { canEdit } = useWork()
  const [fresh, setFresh] = useState('')
  const names = Object.keys(workflowSchema(w.params).properties as Schema)
  const add = (kind: ValueKind) => {
    const name = freeName(Object.keys(w.params ?? {}), kind)
    const words = t(`declare.kind.${kind}`)
    doc.edit([{ op: 'declare_param', name, schema: schemaOf(kind, { en: words, 'zh-CN': words }, nextOrder(w)) }])
    setFresh(name)
  }
  return (
    <section className={css.section}>
      <h3>
        {t('declare.params')}
        {canEdit && (
          <Dropdown trigger={['click']} menu={{ items: KINDS.map((kind) => ({ key: kind, label: t(`declare.kind.${kind}`) })), onClick: ({ key }) => add(key as ValueKind) }}>
            <Button size="small" icon={<Plus size={13} />}>{t('declare.addParam')}</Button>
          </Dropdown>
        )}
      </h3>
      {names.length === 0 && <p className={css.why}>{t('declare.noParams')}</p>}
      <ul className={css.list}>
        {names.map((name) => (
          <ParamCard key={name} name={name} schema={w.params?.[name] ?? {}} open={name === fresh} />
        ))}
      </ul>
    </section>
  )
}

function ParamCard({ name, schema, open }: { name: string; schema: Schema; open: boolean }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { canEdit, projectId } = useWork()
  const label = schema['x-label'] as Text | undefined
  const set = (changes: Schema) => {
    const next = Object.fromEntries(Object.entries({ ...schema, ...changes }).filter(([, value]) => value !== undefined && value !== null))
    doc.edit([{ op: 'declare_param', name, schema: next }])
  }
  const param = useMemo(() => schemaParams({ type: 'object', properties: { [name]: { ...schema, default: undefined, 'x-label': t('declare.default'), 'x-help': undefined } } })[0], [name, schema, t])
  const context = useMemo<FormContext>(() => ({ inputs: {}, problems: [], disabled: !canEdit, projectId, portLabel: (port) => port }), [canEdit, projectId])
  const required = schema['x-required'] === true
  const uses = usesOf(w, name)
  return (
    <Card title={f.words(label) || name} name={name} open={open}>
      <BothWords label={t('declare.name')} value={label} disabled={!canEdit} onChange={(text) => set({ 'x-label': text ?? { en: name, 'zh-CN': name } })} />
      <BothWords label={t('declare.help')} lines value={schema['x-help'] as Text | undefined} disabled={!canEdit} onChange={(text) => set({ 'x-help': text })} />
      {Array.isArray(schema.enum) && !isObject(schema['x-enum-labels']) && <ChoiceFields values={schema.enum.map(String)} disabled={!canEdit} onChange={(values) => set({ enum: values, default: values.includes(String(schema.default)) ? schema.default : undefined })} />}
      {param && !required && <ParamField param={param} value={schema.default} path={name} context={context} onChange={(value) => set({ default: value })} />}
      <label className={css.row}>
        {t('declare.required')}
        <Switch size="small" checked={required} disabled={!canEdit} onChange={(on) => set(on ? { 'x-required': true, default: undefined } : { 'x-required': undefined })} />
      </label>
      <div className={css.uses}>
        <span className="faint">{t(uses.length ? 'declare.usedBy' : 'declare.unused')}</span>
        {uses.map((use) => (
          <Button key={`${use.node} ${use.param}`} type="link" size="small" onClick={() => doc.select([use.node])}>
            {title(use.node)}
          </Button>
        ))}
      </div>
      {canEdit && (
        <div>
          <Button size="small" danger icon={<Trash2 size={13} />} onClick={() => doc.edit(withdraw(w, name))}>
            {t('declare.remove')}
          </Button>
        </div>
      )}
    </Card>
  )
}

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)
