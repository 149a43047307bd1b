import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber } from 'antd'
import { CircleAlert, Info, MessageSquare, Play, ScrollText, Table2, TriangleAlert } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { packageQuery } from '@/api/packages'
import type { FlowNode, Known, Problem, Text } from '@/api/workflow'
import { Markdown } from '@/components/Markdown'
import { QueryView } from '@/components/QueryView'
import { AppLink } from '@/components/AppLink'
import { useParam } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON } from '../canvas/kinds'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { componentId } from '../model/connect'
import { promote } from '../model/declare'
import { problemsAt, schemaOfParam, signatureParams } from '@/components/form/params'
import { Tabs } from '@/components/Tabs'
import { useDoc, useDocPart, type DocState } from '../store/document'
import type { Commands } from '../store/useCommands'
import { useWork } from '../store/work'
import css from './Inspector.module.css'
import { Example } from './Example'
import { Newer } from '../package/Newer'
import { StaleNote } from '../schedule/StaleNote'
import { Panel } from './Inspector'
import { NameInput } from './NameInput'
import { PortList } from './PortList'

const NO_PROBLEMS: Problem[] = []
const NO_INPUTS: Known['inputs'] = {}

/** A step: its settings, its problems, its documentation. */
export function StepPanel({ id, node, commands }: { id: string; node: FlowNode; commands: Commands }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const doc = useDoc()
  const { catalog, canEdit, canRun, live, projectId } = useWork()
  const [tab, setTab] = useState('settings')
  const [, setResults] = useParam('panel')
  const [, setSide] = useParam('side')
  const signature = catalog.get(componentId(node.component))
  const problems = useDocPart(useCallback((s: DocState) => s.facts?.problems[id] ?? NO_PROBLEMS, [id]))
  const inputs = useDocPart(useCallback((s: DocState) => s.facts?.known[id]?.inputs ?? NO_INPUTS, [id]))
  const params = useMemo(() => (signature ? signatureParams(signature) : []), [signature])
  const declared = useDocPart(useCallback((s: DocState) => s.session.shown.params, []))
  const context = useMemo<FormContext>(
    () => ({
      inputs, problems, disabled: !canEdit, projectId, component: (name) => catalog.get(name), portLabel: (port) => f.words(signature?.inputs.find((p) => p.name === port)?.label) || port,
      outside: signature && {
        params: Object.entries(declared ?? {}).map(([name, schema]) => ({ name, label: (schema['x-label'] as Text | undefined) ?? name })),
        promote: (param) => {
          const label = params.find((p) => p.name === param)?.field.label ?? param
          doc.edit(promote(doc.workflow(), id, param, schemaOfParam(signature, param), typeof label === 'string' ? { en: label, 'zh-CN': label } : label))
        },
      },
    }),
    [inputs, problems, canEdit, projectId, catalog, signature, f, declared, params, doc, id],
  )
  const Icon = signature ? CATEGORY_ICON[signature.category] : TriangleAlert
  const title = signature ? f.words(signature.title) : componentId(node.component)
  // What only acts, such as a message that is sent, has no result to look at.
  const results = signature?.outputs.length !== 0
  // Problems that no field shows, and no notice with more to it.
  const told = live && node.component.name.startsWith('own-')
  const general = problems.filter((p) => !(told && p.code === 'newer_component') && !params.some((param) => problemsAt([p], param.name, true).length))
  return (
    <Panel
      icon={<Icon size={16} strokeWidth={1.75} aria-hidden />}
      title={
        <>
          <NameInput key={id} value={node.label} placeholder={title} label={t('panel.rename')} disabled={!canEdit} onChange={(label) => doc.edit([{ op: 'set_label', id, label }])} />
          {node.label && <div className={css.kind}>{title}</div>}
        </>
      }
      tabs={<Tabs className={css.tabs} size="small" activeKey={tab} onChange={setTab} items={[{ key: 'settings', label: t('panel.settings') }, { key: 'doc', label: t('panel.doc') }]} />}
    >
      {tab === 'doc' ? (
        <Documentation name={node.component.name} version={node.component.version} />
      ) : (
        <>
          <Newer id={id} node={node} />
          <StaleNote id={id} />
          {general.map((problem, index) => (
            <div key={index} className={problem.severity === 'error' ? css.problem : `${css.problem} ${css.notice}`} role={problem.severity === 'error' ? 'alert' : 'note'}>
              {problem.severity === 'error' ? <CircleAlert size={14} aria-hidden /> : <Info size={14} aria-hidden />}
              <span>{f.words(problem.message)}</span>
            </div>
          ))}
          {signature && params.length === 0 && <p className="soft small">{t('panel.nothing')}</p>}
          {signature && <ParamForm params={params} values={node.params ?? {}} context={context} onChange={(param, value) => doc.edit([{ op: 'set_param', id, param, value: value ?? null }])} />}
          <div className={css.actions}>
            {canRun && (
              <Button size="small" icon={<Play size={13} />} onClick={commands.runUntil.run}>
                {t('cmd.runUntil')}
              </Button>
            )}
            {live && (
              <Button size="small" icon={results ? <Table2 size={14} /> : <ScrollText size={14} />} onClick={() => setResults(results ? 'rows' : 'log')}>
                {t(results ? 'panel.open' : 'results.log')}
              </Button>
            )}
            {live && (
              <Button size="small" icon={<MessageSquare size={13} />} onClick={() => setSide('comments')}>
                {t('panel.comment')}
              </Button>
            )}
          </div>
          {signature && <PortList id={id} signature={signature} />}
          <div className={css.meta}>
            {(canEdit || node.note) && (
              <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} value={node.note ?? ''} placeholder={t('panel.note')} aria-label={t('panel.note')} disabled={!canEdit} maxLength={4000} onChange={(event) => doc.edit([{ op: 'set_node_note', id, note: event.target.value || null }])} />
            )}
            {signature?.seeded !== false && (
              <label className="small soft" style={{ display: 'grid', gap: 4 }}>
                {t('panel.seed')}
                <InputNumber size="small" min={0} max={4294967295} precision={0} value={node.seed} disabled={!canEdit} style={{ width: 150 }} onChange={(seed) => doc.edit([{ op: 'set_seed', id, seed: typeof seed === 'number' ? seed : null }])} />
                <span className="faint">{t('panel.seedHelp')}</span>
              </label>
            )}
          </div>
        </>
      )}
    </Panel>
  )
}

function Documentation({ name, version }: { name: string; version: number }) {
  const { t } = useTranslation('packages')
  const f = useFormat()
  const { projectId } = useWork()
  const page = useQuery(packageQuery(projectId, name, version))
  return (
    <QueryView query={page}>
      {(data) => (
        <>
          <AppLink href={urls.component(projectId, name)}>{t('page')}</AppLink>
          <Markdown text={data.pages[f.lang] ?? ''} said={[f.words(data.signature.title)]} />
          {data.signature.example && <Example example={data.signature.example} />}
        </>
      )}
    </QueryView>
  )
}
