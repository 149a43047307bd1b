import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Modal, Select, Switch } from 'antd'
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react'
import { useId, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { makePackage, suggestPackage, type Choice, type Packaged } from '@/api/packages'
import type { Text } from '@/api/workflow'
import { ErrorBody } from '@/components/ErrorBody'
import { QueryView } from '@/components/QueryView'
import { useErrorText } from '@/components/useErrorText'
import { randomId } from '@/lib/random'
import { useFormat } from '@/lib/useFormat'
import { chosenNodes } from '../model/changes'
import { newId } from '../model/ids'
import { openOutputs, openParams, previewOf, withOutput, withParam } from '../model/package'
import { BothWords } from '../outside/BothWords'
import { Card } from '../outside/Card'
import { useDoc, useWorkflow } from '../store/document'
import { isGivenUp, useArrive } from '../store/useArrive'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { NodePreview } from './NodePreview'
import css from './package.module.css'

/** Makes a component of the chosen steps: what it is called, what it shows, how it will look. */
export function PackageDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('packages')
  const doc = useDoc()
  const arrive = useArrive()
  const { assetId } = useWork()
  const [nodes] = useState(() => [...chosenNodes(doc.workflow(), doc.store.get().selection)])
  const first = useQuery({
    queryKey: ['workflow', assetId, 'suggest', nodes],
    queryFn: async () => {
      await arrive().catch((error: unknown) => {
        if (isGivenUp(error)) onClose()
        throw error
      })
      return (await suggestPackage(assetId, { nodes, title: { en: 'New component', 'zh-CN': '新组件' } })).choice
    },
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  if (first.data) return <Chosen first={first.data} onClose={onClose} />
  return (
    <Modal open title={t('make')} footer={null} onCancel={onClose}>
      <QueryView query={first} inline>
        {() => null}
      </QueryView>
    </Modal>
  )
}

function Chosen({ first, onClose }: { first: Choice; onClose: () => void }) {
  const { t } = useTranslation(['packages', 'workflows', 'common'])
  const f = useFormat()
  const doc = useDoc()
  const client = useQueryClient()
  const arrive = useArrive()
  const title = useTitle()
  const w = useWorkflow()
  const { message } = App.useApp()
  const { assetId, projectId, catalog } = useWork()
  const [choice, setChoice] = useState(first)
  const [replace, setReplace] = useState(true)
  const [note, setNote] = useState('')
  const noteId = useId()
  const preview = useMemo(() => previewOf(w, catalog, choice), [w, catalog, choice])
  const node = useState(() => newId('n'))[0]
  const make = useMutation<Packaged, Error>({
    mutationFn: async () => {
      await arrive()
      return makePackage(assetId, { choice, name: f.words(choice.title), message: note || undefined, ...(replace ? { replace: { node, client: randomId() } } : {}) })
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.packages(projectId) })
      void client.invalidateQueries({ queryKey: keys.states(assetId) })
      void message.success(t('made', { title: f.words(choice.title) }))
      if (replace) doc.select([node])
      onClose()
    },
  })
  const words = useErrorText(make.error)
  const set = (changes: Partial<Choice>) => setChoice((old) => ({ ...old, ...changes }))
  const text = (value: Text | undefined): Text => value ?? { en: '', 'zh-CN': '' }
  const named = choice.title.en.trim() !== '' || choice.title['zh-CN'].trim() !== ''
  const params = openParams(w, catalog, choice)
  const outputs = openOutputs(w, catalog, choice)
  return (
    <Modal open title={t('make')} width={1000} okText={t('makeIt')} okButtonProps={{ disabled: !named }} confirmLoading={make.isPending} onOk={() => make.mutate()} onCancel={onClose}>
      <div className={css.grid}>
        <div className={css.form} tabIndex={0} role="region" aria-label={t('make')}>
          <p className="soft small">{t('of', { count: choice.nodes.length, n: f.number(choice.nodes.length), steps: choice.nodes.slice(0, 5).map(title).join(f.lang === 'en' ? ', ' : '、') })}</p>
          {make.isError && !isGivenUp(make.error) && (
            <div role="alert" style={{ borderLeft: '3px solid var(--fail)', paddingLeft: 12 }}>
              <strong>{words.title}</strong>
              <ErrorBody words={words} />
            </div>
          )}
          <BothWords label={t('workflows:declare.name')} value={choice.title} onChange={(title) => title && set({ title })} />
          <BothWords label={t('summary')} value={choice.summary} onChange={(summary) => set({ summary: text(summary) })} />
          <BothWords label={t('help')} lines value={choice.help} onChange={(help) => set({ help: text(help) })} />
          <Shown title={t('workflows:declare.params')} why={t('paramsWhy')} none={t('noParams')} count={choice.params.length} add={params.length > 0 && <Add label={t('addParam')} options={params.map((p) => `${title(p.node)} · ${f.words(p.label)}`)} onAdd={(at) => params[at] && setChoice(withParam(choice, params[at]))} />}>
            {choice.params.map((p, index) => (
              <Card key={`${p.node} ${p.param}`} title={f.words(p.label) || p.name} name={title(p.node)}>
                <BothWords label={t('workflows:declare.name')} value={p.label} onChange={(label) => label && set({ params: choice.params.map((o, at) => (at === index ? { ...o, label } : o)) })} />
                <BothWords label={t('help')} lines value={p.help} onChange={(help) => set({ params: choice.params.map((o, at) => (at === index ? { ...o, help } : o)) })} />
                <label className={css.show}>
                  <Switch size="small" checked={p.required ?? false} onChange={(required) => set({ params: choice.params.map((o, at) => (at === index ? { ...o, required } : o)) })} />
                  {t('required')}
                </label>
                <Tools index={index} count={choice.params.length} onMove={(to) => set({ params: moved(choice.params, index, to) })} onRemove={() => set({ params: choice.params.filter((_, at) => at !== index) })} />
              </Card>
            ))}
          </Shown>
          <Shown title={t('workflows:declare.inputs')} why={t('inputsWhy')} none={t('noInputs')} count={choice.inputs.length}>
            {choice.inputs.map((input, index) => (
              <Card key={input.name} title={f.words(input.label) || input.name} name={input.to.map((to) => title(to.node)).join(', ')}>
                <BothWords label={t('workflows:declare.name')} value={input.label} onChange={(label) => label && set({ inputs: choice.inputs.map((o, at) => (at === index ? { ...o, label } : o)) })} />
                <BothWords label={t('help')} lines value={input.help} onChange={(help) => set({ inputs: choice.inputs.map((o, at) => (at === index ? { ...o, help } : o)) })} />
                <Tools index={index} count={choice.inputs.length} onMove={(to) => set({ inputs: moved(choice.inputs, index, to) })} />
              </Card>
            ))}
          </Shown>
          <Shown title={t('workflows:declare.outputs')} why={t('outputsWhy')} none={t('noOutputs')} count={choice.outputs.length} add={outputs.length > 0 && <Add label={t('addOutput')} options={outputs.map((o) => `${title(o.node)} · ${f.words(o.label)}`)} onAdd={(at) => outputs[at] && setChoice(withOutput(choice, outputs[at]))} />}>
            {choice.outputs.map((output, index) => (
              <Card key={output.name} title={f.words(output.label) || output.name} name={title(output.from.node)}>
                <BothWords label={t('workflows:declare.name')} value={output.label} onChange={(label) => label && set({ outputs: choice.outputs.map((o, at) => (at === index ? { ...o, label } : o)) })} />
                <BothWords label={t('help')} lines value={output.help} onChange={(help) => set({ outputs: choice.outputs.map((o, at) => (at === index ? { ...o, help } : o)) })} />
                <Tools index={index} count={choice.outputs.length} onMove={(to) => set({ outputs: moved(choice.outputs, index, to) })} onRemove={() => set({ outputs: choice.outputs.filter((_, at) => at !== index) })} />
              </Card>
            ))}
          </Shown>
          <div>
            <label htmlFor={noteId} className="small soft">
              {t('message')}
            </label>
            <Input id={noteId} size="small" value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          </div>
          <label className={css.show}>
            <Switch size="small" checked={replace} onChange={setReplace} />
            {t('replace')}
          </label>
        </div>
        <aside className={css.preview} aria-label={t('preview')}>
          <h3>{t('preview')}</h3>
          <NodePreview signature={preview} projectId={projectId} />
        </aside>
      </div>
    </Modal>
  )
}

const moved = <T,>(all: T[], from: number, to: number): T[] => {
  const rest = all.filter((_, at) => at !== from)
  const one = all[from]
  return one === undefined ? all : [...rest.slice(0, to), one, ...rest.slice(to)]
}

function Shown({ title, why, none, count, add, children }: { title: string; why: string; none: string; count: number; add?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section}>
      <h3>{title}</h3>
      <p className="small soft">{count === 0 ? none : why}</p>
      <ul className={css.list}>{children}</ul>
      {add}
    </section>
  )
}

function Add({ label, options, onAdd }: { label: string; options: string[]; onAdd: (index: number) => void }) {
  return <Select size="small" showSearch={{ optionFilterProp: 'label' }} value={null} placeholder={label} aria-label={label} options={options.map((text, value) => ({ value, label: text }))} onChange={(index: number | null) => index !== null && onAdd(index)} />
}

function Tools({ index, count, onMove, onRemove }: { index: number; count: number; onMove: (to: number) => void; onRemove?: () => void }) {
  const { t } = useTranslation(['packages', 'workflows'])
  return (
    <div className={css.show}>
      <Button size="small" type="text" icon={<ArrowUp size={13} />} disabled={index === 0} aria-label={t('workflows:panel.moveUp', { n: index + 1 })} onClick={() => onMove(index - 1)} />
      <Button size="small" type="text" icon={<ArrowDown size={13} />} disabled={index === count - 1} aria-label={t('workflows:panel.moveDown', { n: index + 1 })} onClick={() => onMove(index + 1)} />
      {onRemove && (
        <Button size="small" danger type="text" icon={<Trash2 size={13} />} onClick={onRemove}>
          {t('hide')}
        </Button>
      )}
    </div>
  )
}
