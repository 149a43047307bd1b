import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Collapse, Form, Select, Tooltip } from 'antd'
import { Play, Sparkles } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import { storeRun } from '@/api/live'
import { assetsQuery, catalogQuery, runQuery, useProject, versionsQuery } from '@/api/queries'
import type { Run, Scenario } from '@/api/types'
import { Tag, TypeName } from '@/components/bits'
import { NoRight } from '@/components/NoRight'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { SchemaFields } from '@/components/SchemaFields'
import { LargerScreen, Loading } from '@/components/states'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useGo, useParam, usePath, useProjectId } from '@/lib/router'
import { fieldsOf, fromForm, toForm } from '@/lib/schema'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import type { Text } from '@/lib/format'
import { fits } from './fits'
import { mapping } from './mapping'
import css from './ScenarioPage.module.css'

export function ScenarioPage() {
  const { t } = useTranslation(['scenarios', 'common'])
  const f = useFormat()
  const name = decodeURIComponent(usePath().split('/')[4] ?? '')
  const projectId = useProjectId()
  const narrow = useNarrow()
  const project = useProject(projectId).data
  const scenario = useQuery({
    queryKey: keys.scenario(name),
    queryFn: () => callAs<Scenario>(api.GET('/api/v1/scenarios/{name}', { params: { path: { name } } })),
    staleTime: 5 * 60_000,
  })
  return (
    <QueryView query={scenario}>
      {(data) => (
        <Page title={f.words(data.title)} sub={f.words(data.summary ?? null)} up={{ href: urls.scenarios(projectId), label: t('title') }}>
          {narrow ? <LargerScreen nothing /> : can(project, 'run') ? <Prefilled scenario={data} projectId={projectId} /> : <NoRight ability="run" />}
        </Page>
      )}
    </QueryView>
  )
}

interface Suggestion {
  role: string
  column: string
  score: number
  reason: Text
}

interface Values {
  inputs: Record<string, { dataset_id?: string; version?: number; map?: Record<string, string | undefined> }>
  params: Record<string, unknown>
}

/** What an earlier run was started with, where the address names one. */
function Prefilled({ scenario, projectId }: { scenario: Scenario; projectId: string }) {
  const [from] = useParam('from')
  const [dataset] = useParam('dataset')
  const earlier = useQuery({ ...runQuery(from), enabled: from !== '' })
  if (from && earlier.isPending) return <Loading />
  const fields = fieldsOf(scenario.params)
  const old = earlier.data ? oldValues(earlier.data) : null
  const first = scenario.inputs[0]?.name ?? ''
  const initial: Values = {
    inputs: old?.inputs ?? (dataset ? { [first]: { dataset_id: dataset } } : {}),
    params: toForm(fields, old?.params ?? {}),
  }
  return <ScenarioForm scenario={scenario} projectId={projectId} initial={initial} />
}

function oldValues(run: Run): Values {
  // The newest version of what was used: that is why one runs it again.
  const inputs = Object.fromEntries(run.inputs.map((i) => [i.role, { dataset_id: i.asset?.id, map: i.mapping ?? undefined }]))
  return { inputs, params: run.params as Record<string, unknown> }
}

function ScenarioForm({ scenario, projectId, initial }: { scenario: Scenario; projectId: string; initial: Values }) {
  const { t } = useTranslation(['scenarios', 'common'])
  const f = useFormat()
  const go = useGo()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const fields = useMemo(() => fieldsOf(scenario.params), [scenario])
  const run = useMutate(
    (values: Values) =>
      callAs<Run>(
        api.POST('/api/v1/projects/{project_id}/scenarios/{name}/runs', {
          params: { path: { project_id: projectId, name: scenario.name } },
          body: {
            inputs: Object.fromEntries(
              Object.entries(values.inputs).map(([name, input]) => [
                name,
                {
                  dataset_id: input.dataset_id ?? '',
                  ...(input.version ? { version: input.version } : {}),
                  map: Object.fromEntries(Object.entries(input.map ?? {}).filter((pair): pair is [string, string] => Boolean(pair[1]))),
                },
              ]),
            ),
            params: fromForm(fields, values.params) as Record<string, never>,
          },
        }),
      ),
    {
      touches: [keys.runs(projectId)],
      onSuccess: (started) => {
        storeRun(client, started)
        go(urls.run(projectId, started.id))
      },
    },
  )
  const main = fields.slice(0, 3)
  const rest = fields.slice(3)
  return (
    <div className={css.layout}>
      <Form<Values> form={form} layout="vertical" initialValues={initial} onFinish={(values) => run.mutate(form.getFieldsValue(true) as Values ?? values)} scrollToFirstError>
        {scenario.inputs.map((input) => (
          <InputStep key={input.name} scenario={scenario} input={input} projectId={projectId} earlier={initial.inputs[input.name]} />
        ))}
        <section className={css.step}>
          <h2>{t('settings')}</h2>
          <p>{t('settingsText')}</p>
          <SchemaFields fields={main} under="params" />
          {rest.length > 0 && (
            <Collapse ghost size="small" items={[{ key: 'more', label: t('moreSettings'), forceRender: true, children: <SchemaFields fields={rest} under="params" /> }]} />
          )}
        </section>
        <Button type="primary" htmlType="submit" size="large" icon={<Play size={15} />} loading={run.isPending}>
          {t('run')}
        </Button>
      </Form>
      <aside className={css.side}>
        <p>{f.words(scenario.description)}</p>
        {scenario.questions && scenario.questions.length > 0 && (
          <div>
            <h2>{t('answers')}</h2>
            <ul>
              {scenario.questions.map((question, index) => (
                <li key={index}>{f.words(question)}</li>
              ))}
            </ul>
          </div>
        )}
      </aside>
    </div>
  )
}

interface InputProps {
  scenario: Scenario
  input: Scenario['inputs'][number]
  projectId: string
  /** What an earlier run was made from, with its columns. */
  earlier: Values['inputs'][string] | undefined
}

function InputStep({ scenario, input, projectId, earlier }: InputProps) {
  const { t } = useTranslation(['scenarios', 'common'])
  const f = useFormat()
  const form = Form.useFormInstance<Values>()
  const datasetId = Form.useWatch(['inputs', input.name, 'dataset_id'], form) as string | undefined
  const assets = useQuery(assetsQuery(projectId))
  const versions = useQuery({ ...versionsQuery(datasetId ?? ''), enabled: datasetId !== undefined })
  const catalog = useQuery(catalogQuery(projectId))
  const chosen = assets.data?.find((a) => a.id === datasetId)?.name
  const columns = catalog.data?.find((table) => table.name === chosen)?.columns
  const suggestion = useQuery({
    queryKey: ['suggest', projectId, scenario.name, datasetId],
    queryFn: async () =>
      (
        await callAs<{ items: Suggestion[] }>(
          api.POST('/api/v1/projects/{project_id}/scenarios/{name}/suggest', {
            params: { path: { project_id: projectId, name: scenario.name } },
            body: { dataset_id: datasetId ?? '' },
          }),
        )
      ).items,
    enabled: datasetId !== undefined,
    staleTime: Infinity,
  })
  useEffect(() => {
    if (!suggestion.data || !columns) return
    const suggested = Object.fromEntries(suggestion.data.map((s) => [s.role, s.column]))
    const kept = datasetId === earlier?.dataset_id ? earlier?.map : undefined
    const names = columns.map((c) => c.name)
    form.setFieldValue(['inputs', input.name, 'map'], mapping(input.roles.map((role) => role.name), names, suggested, kept))
  }, [suggestion.data, columns, form, input, datasetId, earlier])
  const usable = (assets.data ?? []).filter((a) => a.rights.includes('use') && a.latest)
  return (
    <section className={css.step}>
      <h2>{f.words(input.label)}</h2>
      <p>{f.words(input.help ?? null)}</p>
      <div style={{ display: 'flex', gap: 10, flexWrap: 'wrap' }}>
        <Form.Item name={['inputs', input.name, 'dataset_id']} label={t('dataset')} rules={[{ required: input.required, message: t('datasetMissing') }]} style={{ flex: 1, minWidth: 260 }}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            loading={assets.isPending}
            placeholder={t('datasetPick')}
            notFoundContent={t('noDatasets')}
            options={usable.map((a) => ({ value: a.id, label: a.name }))}
            onChange={() => form.setFieldValue(['inputs', input.name, 'version'], undefined)}
          />
        </Form.Item>
        <Form.Item name={['inputs', input.name, 'version']} label={t('version')}>
          <Select
            style={{ width: 170 }}
            allowClear
            placeholder={t('newest')}
            disabled={!datasetId}
            options={(versions.data ?? []).map((v) => ({ value: v.seq, label: `v${v.seq}${v.label ? ` · ${v.label}` : ''}` }))}
          />
        </Form.Item>
      </div>
      {datasetId && (
        <div className={css.roles}>
          {input.roles.map((role) => (
            <div key={role.name} className={css.role}>
              <div>
                <b>{f.words(role.label)}</b> {!role.required && <span className="faint small">{t('optional')}</span>}
                <div className="small soft">{f.words(role.help ?? null)}</div>
              </div>
              <Form.Item noStyle shouldUpdate>
                {({ getFieldValue }) => {
                  const value = getFieldValue(['inputs', input.name, 'map', role.name]) as string | undefined
                  const guessed = suggestion.data?.find((s) => s.role === role.name && s.column === value)
                  return (
                    <div>
                      <Form.Item name={['inputs', input.name, 'map', role.name]} rules={[{ required: role.required, message: t('columnMissing') }]}>
                        <Select
                          showSearch
                          allowClear={!role.required}
                          loading={suggestion.isFetching || catalog.isPending}
                          placeholder={role.required ? t('columnPick') : t('columnNone')}
                          aria-label={f.words(role.label)}
                          options={[...(columns ?? [])]
                            .sort((a, b) => Number(fits(b.type, role.accepts)) - Number(fits(a.type, role.accepts)))
                            .map((c) => ({
                              value: c.name,
                              label: (
                                <span className={css.option}>
                                  <span className="ellipsis">{c.name}</span>
                                  <TypeName type={c.type} />
                                </span>
                              ),
                              disabled: !fits(c.type, role.accepts),
                            }))}
                        />
                      </Form.Item>
                      {guessed && (
                        <Tooltip title={f.words(guessed.reason)}>
                          <span>
                            <Tag tone="accent">
                              <Sparkles size={11} aria-hidden /> {t('suggested')}
                            </Tag>
                          </span>
                        </Tooltip>
                      )}
                    </div>
                  )
                }}
              </Form.Item>
            </div>
          ))}
        </div>
      )}
    </section>
  )
}
