import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Play, Workflow as FlowIcon } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appDatasetsQuery, appQuery, appRunsQuery, runApp, type AppEntry } from '@/api/apps'
import { keys } from '@/api/keys'
import { storeRun } from '@/api/live'
import type { Run } from '@/api/types'
import type { Columns } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { Ago, Person, RunState } from '@/components/bits'
import { ErrorBody } from '@/components/ErrorBody'
import { Markdown } from '@/components/Markdown'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useErrorText } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { useParam, usePath, useProjectId } from '@/lib/router'
import { columnKind } from '@/lib/types'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { signatureParams, withField } from '@/components/form/params'
import { AppRun } from './AppRun'
import { DatasetField } from './DatasetField'
import css from './apps.module.css'

/** A workflow as an app: the form at the left, what comes out at the right. */
export function AppPage() {
  const id = decodeURIComponent(usePath().split('/')[4] ?? '')
  const app = useQuery(appQuery(id))
  return <QueryView query={app} forbidden={<AskAccess assetId={id} />}>{(data) => <Shown key={data.id} app={data} />}</QueryView>
}

function Shown({ app }: { app: AppEntry }) {
  const { t } = useTranslation(['apps', 'common'])
  const f = useFormat()
  const client = useQueryClient()
  const projectId = useProjectId()
  const [runId, setRun] = useParam('run')
  const { signature } = app
  const [inputs, setInputs] = useState<Record<string, string>>({})
  const [params, setParams] = useState<Record<string, unknown>>({})
  const fields = useMemo(() => signatureParams(signature), [signature])
  const columns = useColumns(app.id, inputs)
  const context = useMemo<FormContext>(
    () => ({
      chooseFirst: (port) => t('chooseFirst', { name: f.words(signature.inputs.find((p) => p.name === port)?.label) || port }),
      inputs: columns, problems: [], disabled: !app.rights.includes('run'), projectId, portLabel: (port) => f.words(signature.inputs.find((p) => p.name === port)?.label) || port,
    }),
    [t, columns, app.rights, projectId, signature, f],
  )
  const start = useMutate<void, Run>(() => runApp(app.id, { inputs: Object.fromEntries(Object.entries(inputs).map(([name, dataset_id]) => [name, { dataset_id }])), params }), {
    quiet: true,
    touches: [keys.appRuns(app.id, false), keys.appRuns(app.id, true), keys.runs(projectId)],
    onSuccess: (run) => {
      storeRun(client, run)
      setRun(run.id)
    },
  })
  const words = useErrorText(start.error)
  const open = signature.inputs.some((p) => !p.optional && !inputs[p.name]) || fields.some((p) => p.field.required && params[p.name] === undefined)
  const help = app.pages[f.lang]
  return (
    <Page
      title={f.words(signature.title)}
      up={{ href: urls.apps(projectId), label: t('title') }}
      sub={f.words(signature.summary)}
      actions={
        app.rights.includes('edit') ? (
          <AppLink href={urls.workflow(projectId, app.asset.id)}>
            <Button icon={<FlowIcon size={15} />} tabIndex={-1}>
              {t('behind')}
            </Button>
          </AppLink>
        ) : undefined
      }
    >
      <div className={css.page}>
        <div style={{ display: 'flex', flexDirection: 'column', gap: 22, minWidth: 0 }}>
          <form
            className={css.form}
            onSubmit={(event) => {
              event.preventDefault()
              if (!open) start.mutate()
            }}
          >
            {signature.inputs.map((input) => (
              <DatasetField key={input.name} app={app} input={input} value={inputs[input.name]} onChange={(dataset) => setInputs((old) => ({ ...old, [input.name]: dataset }))} />
            ))}
            {fields.length > 0 && <ParamForm params={fields} values={params} context={context} onChange={(name, value) => setParams((old) => withField(old, name, value))} />}
            {start.isError && (
              <div className={css.wrong} role="alert">
                <strong>{words.title}</strong>
                <ErrorBody words={words} />
              </div>
            )}
            {app.rights.includes('run') ? (
              <Button type="primary" htmlType="submit" icon={<Play size={14} />} disabled={open} loading={start.isPending}>
                {t('run')}
              </Button>
            ) : (
              <p className="soft small">{t('mayNot')}</p>
            )}
          </form>
          <Earlier app={app} chosen={runId} onChoose={setRun} />
        </div>
        <div className={css.result}>
          {runId ? (
            <AppRun key={runId} runId={runId} appId={app.id} />
          ) : help ? (
            <Markdown text={help} />
          ) : (
            <State inline title={t('nothingYet')} text={t('nothingYetText')} />
          )}
        </div>
      </div>
    </Page>
  )
}

/** The columns of the datasets that were chosen, for fields that choose among them. */
function useColumns(app: string, inputs: Record<string, string>): Record<string, Columns[]> {
  const client = useQueryClient()
  return useMemo(
    () =>
      Object.fromEntries(
        Object.entries(inputs).flatMap(([name, id]) => {
          const found = client.getQueryData(appDatasetsQuery(app, name).queryKey)?.find((d) => d.asset.id === id)
          return found ? [[name, [{ known: found.columns.map((c) => ({ name: c.name, kind: columnKind(c.type) })) }]]] : []
        }),
      ),
    [client, app, inputs],
  )
}

function Earlier({ app, chosen, onChoose }: { app: AppEntry; chosen: string; onChoose: (run: string) => void }) {
  const { t } = useTranslation('apps')
  const f = useFormat()
  const everyone = app.rights.includes('edit')
  const runs = useQuery(appRunsQuery(app.id, everyone))
  return (
    <section>
      <h2 style={{ fontSize: 14, marginBottom: 6 }}>{t(everyone ? 'runsAll' : 'runsMine')}</h2>
      <QueryView query={runs} inline empty={<p className="soft small">{t('noRuns')}</p>}>
        {(list) => (
          <ul className={css.runs}>
            {list.slice(0, 20).map((run) => (
              <li key={run.id}>
                <button type="button" aria-current={run.id === chosen || undefined} onClick={() => onChoose(run.id)} title={f.moment(run.created_at)}>
                  <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center', minWidth: 0 }}>
                    {everyone && <Person user={run.author} />}
                    <Ago at={run.created_at} />
                  </span>
                  <RunState run={run} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </section>
  )
}
