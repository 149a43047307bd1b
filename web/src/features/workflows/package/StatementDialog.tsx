import { useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Select, Switch } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { pushStatement } from '@/api/packages'
import type { Signature, Text } from '@/api/workflow'
import { ErrorBody } from '@/components/ErrorBody'
import { ExpressionEditor } from '@/components/ExpressionEditor'
import { useErrorText } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { named } from '@/lib/format'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { BothWords } from '../outside/BothWords'
import { CommitInput } from '../outside/CommitInput'
import { asKind, declared, kindOf, manifest, newStatement, PARAM_KINDS, statementOf, undeclared, type ParamKind, type Statement, type StatementParam } from '../model/statement'
import { NodePreview } from './NodePreview'
import css from './package.module.css'

/** The component of which the next version is written. */
export type Before = { assetId: string; name: string; signature: Signature; sql: string }

/** Writes a SQL component: its inputs, its parameters, its statement. */
export function StatementDialog({ projectId, before, onClose }: { projectId: string; before?: Before; onClose: () => void }) {
  const { t } = useTranslation(['packages', 'workflows'])
  const client = useQueryClient()
  const go = useGo()
  const [s, setS] = useState<Statement>(() => (before ? statementOf(before.name, before.signature, before.sql) : newStatement()))
  const [note, setNote] = useState('')
  const [sqlId, noteId] = [useId(), useId()]
  const set = (changes: Partial<Statement>) => setS((old) => ({ ...old, ...changes }))
  const push = useMutate<void, Awaited<ReturnType<typeof pushStatement>>>(() => pushStatement(projectId, { manifest: manifest(s), code: s.sql, message: note }, before?.assetId), {
    quiet: true,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: keys.packages(projectId) })
      onClose()
      go(urls.component(projectId, made.component.name))
    },
  })
  const words = useErrorText(push.error)
  const missing = undeclared(s)
  const first = s.inputs[0]?.name ?? ''
  const named = (s.title.en.trim() || s.title['zh-CN'].trim()) && s.sql.trim()
  const text = (value: Text | undefined): Text => value ?? { en: '', 'zh-CN': '' }
  const param = (at: number, next: StatementParam) => set({ params: s.params.map((p, index) => (index === at ? next : p)) })
  const input = (at: number, next: Partial<Statement['inputs'][number]>) => set({ inputs: s.inputs.map((one, index) => (index === at ? { ...one, ...next } : one)) })
  return (
    <Modal open title={t(before ? 'statement.next' : 'statement.new')} width={1000} okText={t(before ? 'statement.save' : 'statement.make')} okButtonProps={{ disabled: !named }} confirmLoading={push.isPending} onOk={() => push.mutate()} onCancel={onClose}>
      <div className={css.grid}>
        <div className={css.form} tabIndex={0} role="region" aria-label={t('statement.new')}>
          {push.isError && (
            <div role="alert" style={{ borderLeft: '3px solid var(--fail)', paddingLeft: 12 }}>
              <strong>{words.title}</strong>
              <ErrorBody words={words} />
            </div>
          )}
          <BothWords label={t('workflows:declare.name')} value={s.title} onChange={(title) => set({ title: text(title) })} />
          <BothWords label={t('summary')} value={s.summary} onChange={(summary) => set({ summary: text(summary) })} />
          <section className={css.section}>
            <h3>{t('workflows:declare.inputs')}</h3>
            <p className="small soft">{t('statement.inputsWhy')}</p>
            {s.inputs.map((one, at) => (
              <div key={at} className={css.piece}>
                <CommitInput mono value={one.name} label={t('statement.table')} onCommit={(name) => input(at, { name })} />
                <BothWords label={t('workflows:declare.name')} value={one.label} onChange={(label) => input(at, { label: text(label) })} />
                {s.inputs.length > 1 && <Button size="small" type="text" icon={<Trash2 size={14} />} aria-label={t('statement.removeInput', { name: one.name })} onClick={() => set({ inputs: s.inputs.filter((_, index) => index !== at) })} />}
              </div>
            ))}
            <Button size="small" icon={<Plus size={14} />} style={{ alignSelf: 'start' }} onClick={() => set({ inputs: [...s.inputs, { name: `t${s.inputs.length + 1}`, label: { en: `Table ${s.inputs.length + 1}`, 'zh-CN': `表 ${s.inputs.length + 1}` } }] })}>
              {t('statement.addInput')}
            </Button>
          </section>
          <section className={css.section}>
            <h3 id={sqlId}>{t('statement.sql')}</h3>
            <p className="small soft">{t('statement.sqlWhy', { open: '{{', close: '}}' })}</p>
            <div style={{ border: '1px solid var(--line-strong)', borderRadius: 6, background: 'var(--ground)' }}>
              <ExpressionEditor id={`${sqlId}-sql`} labelledBy={sqlId} value={s.sql} columns={s.inputs.map((one) => ({ name: one.name, type: '' }))} hint="SELECT …" lines={9} onChange={(sql) => set({ sql })} />
            </div>
            {missing.length > 0 && (
              <div className={css.show} style={{ flexWrap: 'wrap' }}>
                <span className="small">{t('statement.missing')}</span>
                {missing.map((name) => (
                  <Button key={name} size="small" icon={<Plus size={14} />} onClick={() => set({ params: [...s.params, declared(name, 'text', first)] })}>
                    <span className="mono">{name}</span>
                  </Button>
                ))}
              </div>
            )}
          </section>
          {s.params.length > 0 && (
            <section className={css.section}>
              <h3>{t('workflows:declare.params')}</h3>
              {s.params.map((one, at) => (
                <Param key={one.name} param={one} inputs={s.inputs.map((i) => i.name)} onChange={(next) => param(at, next)} onRemove={() => set({ params: s.params.filter((_, index) => index !== at) })} />
              ))}
            </section>
          )}
          <div>
            <label htmlFor={noteId} className="small soft">
              {t('message')}
            </label>
            <Input id={noteId} size="small" value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          </div>
        </div>
        <aside className={css.preview} aria-label={t('preview')}>
          <h3>{t('preview')}</h3>
          <NodePreview signature={manifest(s) as unknown as Signature} projectId={projectId} />
        </aside>
      </div>
    </Modal>
  )
}

function Param({ param, inputs, onChange, onRemove }: { param: StatementParam; inputs: string[]; onChange: (param: StatementParam) => void; onRemove: () => void }) {
  const { t } = useTranslation(['packages', 'workflows'])
  const f = useFormat()
  const kind = kindOf(param)
  const port = (param.schema['x-column'] as { port?: string } | undefined)?.port ?? inputs[0] ?? ''
  const label = param.schema['x-label'] as Text | undefined
  const set = (word: string, value: unknown) => {
    const { [word]: _gone, ...rest } = param.schema
    onChange({ ...param, schema: value === undefined ? rest : { ...rest, [word]: value } })
  }
  const byDefault = param.schema.default
  const read = (words: string): unknown => (words === '' ? undefined : kind === 'text' ? words : kind === 'boolean' ? words === 'true' : Number.isFinite(Number(words)) ? Number(words) : undefined)
  return (
    <div className={css.piece}>
      <div className={css.show}>
        <span className="mono">{`{{${param.name}}}`}</span>
        <Select<ParamKind> size="small" style={{ minWidth: 130 }} value={kind} aria-label={t('statement.kind', { name: param.name })} options={PARAM_KINDS.map((value) => ({ value, label: t(`statement.kinds.${value}`) }))} onChange={(next) => onChange(asKind(param, next, port))} />
        {(kind === 'column' || kind === 'columns') && inputs.length > 1 && <Select size="small" style={{ minWidth: 110 }} value={port} aria-label={t('statement.of', { name: param.name })} options={inputs.map((value) => ({ value, label: value }))} onChange={(next: string) => onChange(asKind(param, kind, next))} />}
        <Button size="small" type="text" icon={<Trash2 size={14} />} aria-label={t('statement.removeParam', { name: param.name })} onClick={onRemove} />
      </div>
      <BothWords label={t('workflows:declare.name')} value={label} onChange={(words) => words && set('x-label', words)} />
      <div className={css.show} style={{ flexWrap: 'wrap' }}>
        <Switch size="small" checked={param.required} aria-label={named(f.lang, t('required'), param.name)} onChange={(required) => onChange({ ...param, required })} />
        {t('required')}
        {kind !== 'column' && kind !== 'columns' && <CommitInput value={byDefault === undefined ? '' : String(byDefault)} label={t('statement.default', { name: param.name })} placeholder={t('statement.noDefault')} onCommit={(words) => set('default', read(words.trim()))} />}
      </div>
    </div>
  )
}
