import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { CircleStop, Download, MessageSquareWarning } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { lookAtOutput, outputFile, outputsQuery, type Output } from '@/api/apps'
import { keys } from '@/api/keys'
import { useRunEvents } from '@/api/live'
import { isActive, runQuery } from '@/api/queries'
import { exportOutput } from '@/api/reports'
import { startThread } from '@/api/threads'
import type { Run } from '@/api/types'
import { cancelRun } from '@/api/workflow'
import { Ago, Person, RunState } from '@/components/bits'
import { ErrorBody } from '@/components/ErrorBody'
import { ExportMenu } from '@/components/ExportMenu'
import { QueryView } from '@/components/QueryView'
import { RunProgress } from '@/components/RunProgress'
import { State } from '@/components/states'
import { Threads } from '@/components/threads/Threads'
import { Write } from '@/components/threads/Write'
import { useErrorText, useErrorWords } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { useFormat } from '@/lib/useFormat'
import { Looked, ROWS } from '../results/Looked'
import css from './apps.module.css'

/** A run of an app: watched while it goes on, read when it is done, and answered when something was wrong. */
export function AppRun({ runId, appId }: { runId: string; appId: string }) {
  const run = useQuery(runQuery(runId))
  useRunEvents(runId, run.data !== undefined && isActive(run.data))
  return <QueryView query={run}>{(data) => <Shown run={data} appId={appId} />}</QueryView>
}

function Shown({ run, appId }: { run: Run; appId: string }) {
  const { t } = useTranslation(['apps', 'threads'])
  const words = useErrorText(run.error ?? new Error(''))
  const active = isActive(run)
  const outputs = useQuery({ ...outputsQuery(run.id), enabled: !active })
  const [telling, setTelling] = useState(false)
  const cancel = useMutate(() => cancelRun(run.id), { touches: [keys.run(run.id), keys.appRuns(appId, false)] })
  const tell = useMutate<{ body: string }>(({ body }) => startThread({ run: run.id }, body, true), { touches: [keys.threadsOf(run.id)], done: t('told'), onSuccess: () => setTelling(false) })
  return (
    <>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'space-between' }}>
        <span className="small soft" style={{ display: 'inline-flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
          <RunState run={run} />
          <Person user={run.author} />
          <Ago at={run.finished_at ?? run.created_at} />
        </span>
        {active ? (
          <Button size="small" danger icon={<CircleStop size={14} />} loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('stop')}
          </Button>
        ) : (
          <Button size="small" icon={<MessageSquareWarning size={14} />} onClick={() => setTelling(true)}>
            {t('sayWrong')}
          </Button>
        )}
      </div>
      {active && <RunProgress run={run} />}
      {telling && (
        <section aria-label={t('sayWrong')}>
          <p className="small soft" style={{ marginBottom: 6 }}>{t('sayWrongText')}</p>
          <Write projectId={run.project_id} label={t('whatWasWrong')} action={t('threads:send')} busy={tell.isPending} onSend={(body) => tell.mutate({ body })} onCancel={() => setTelling(false)} />
        </section>
      )}
      {run.state === 'failed' && (
        <div className={css.wrong} role="alert">
          <strong>{words.title}</strong>
          <ErrorBody words={words} />
        </div>
      )}
      {!active && (
        <QueryView query={outputs} inline empty={<State inline title={t('noOutputs')} />}>
          {(list) => (
            <>
              {/* What one reads comes first, then tables. */}
              {[...list].sort((a, b) => rank(a) - rank(b)).map((output) => (
                <OutputSection key={output.name} run={run} output={output} />
              ))}
            </>
          )}
        </QueryView>
      )}
      {!active && (
        <section>
          <h3 style={{ fontSize: 14, marginBottom: 8 }}>{t('threads:title')}</h3>
          <Threads anchor={{ run: run.id }} projectId={run.project_id} />
        </section>
      )}
    </>
  )
}

const rank = (output: Output) => ({ value: 0, report: 1, table: 2, model: 3 })[output.kind]
const FORMATS = ['csv', 'xlsx', 'parquet', 'arrow', 'ndjson'] as const

function OutputSection({ run, output }: { run: Run; output: Output }) {
  const { t } = useTranslation(['apps', 'data'])
  const f = useFormat()
  const errorWords = useErrorWords()
  const looked = useQuery({ queryKey: [...keys.outputs(run.id), output.name], queryFn: () => lookAtOutput(run.id, output.name, { limit: ROWS }), enabled: output.state === 'ready' })
  return (
    <section className={css.output}>
      <h3>
        {f.words(output.label)}
        <span style={{ display: 'inline-flex', gap: 10, alignItems: 'center' }}>
          {output.rows !== null && <span className="small soft num">{t('rows', { n: f.number(output.rows, 0) })}</span>}
          {output.kind === 'table' && output.download && output.state === 'ready' && (
            <Dropdown trigger={['click']} menu={{ items: FORMATS.map((key) => ({ key, label: <a href={outputFile(run.id, output.name, key)} download>{t(`data:format.${key}`)}</a> })) }}>
              <Button size="small" icon={<Download size={14} />} aria-label={t('download', { name: f.words(output.label) })} />
            </Dropdown>
          )}
          {output.kind === 'report' && output.download && output.state === 'ready' && (
            <ExportMenu name={f.words(output.label)} make={(format, lang, signal) => exportOutput(run.id, output.name, format, lang, signal)} />
          )}
        </span>
      </h3>
      {f.words(output.help) && <p className="small soft" style={{ marginBottom: 8 }}>{f.words(output.help)}</p>}
      {output.state !== 'ready' ? (
        <p className="soft">{output.error ? errorWords(output.error).brief : t(`output.${output.state}`)}</p>
      ) : (
        <QueryView query={looked} inline>
          {(data) => <Looked data={data} label={f.words(output.label)} more={(n) => t('firstRows', { n })} none={<p className="soft">{t('output.gone')}</p>} />}
        </QueryView>
      )}
    </section>
  )
}
