import { useQuery } from '@tanstack/react-query'
import { App, Badge, Button, Popover } from 'antd'
import { Activity } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { useEndedRuns, useRunEvents } from '@/api/live'
import { isActive, runQuery, runsQuery } from '@/api/queries'
import type { Run } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, RunState } from '@/components/bits'
import { RunProgress } from '@/components/RunProgress'
import { ErrorState } from '@/components/states'
import { useRunName } from '@/components/useRunName'
import { useErrorWords } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import css from './RunsTray.module.css'

const SHOWN = 8

/** Runs in progress and those just done; tells when one ends. */
export function RunsTray({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['shell', 'common'])
  const [open, setOpen] = useState(false)
  const narrow = useNarrow()
  const runs = useQuery(runsQuery(projectId))
  const active = (runs.data ?? []).filter(isActive)
  useEndNotices(runs.data)
  const rest = (runs.data ?? []).filter((run) => !isActive(run)).slice(0, Math.max(0, SHOWN - active.length))
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement={narrow ? 'bottom' : 'bottomRight'}
      content={
        <div className={css.tray} role="region" aria-label={t('runs.title')}>
          <h2 className={css.title}>{t('runs.title')}</h2>
          {runs.isError && !runs.data && <ErrorState inline error={runs.error} retry={() => void runs.refetch()} />}
          {runs.data?.length === 0 && <p className="soft">{t('runs.none')}</p>}
          {[...active, ...rest].map((run) => (
            <TrayRun key={run.id} run={run} projectId={projectId} onOpen={() => setOpen(false)} />
          ))}
        </div>
      }
    >
      <Button
        type="text"
        aria-label={active.length ? t('runs.active', { count: active.length }) : t('runs.title')}
        icon={
          <Badge count={active.length} size="small" color="var(--accent)">
            <Activity size={17} strokeWidth={1.75} className={active.length ? css.pulse : undefined} />
          </Badge>
        }
      />
    </Popover>
  )
}

function TrayRun({ run: listed, projectId, onOpen }: { run: Run; projectId: string; onOpen: () => void }) {
  const { t } = useTranslation(['shell', 'common'])
  const runName = useRunName()
  const errorWords = useErrorWords()
  const active = isActive(listed)
  const live = useQuery({ ...runQuery(listed.id), enabled: active, initialData: listed })
  useRunEvents(listed.id, active)
  const run = active ? live.data : listed
  const cancel = useMutate(() => call(api.POST('/api/v1/runs/{run_id}/cancel', { params: { path: { run_id: run.id } } })), {
    touches: [keys.runs(projectId), keys.run(run.id)],
  })
  return (
    <div className={css.run}>
      <div className={css.line}>
        <AppLink href={urls.run(projectId, run.id)} onClick={onOpen} className="ellipsis">
          {runName(run)}
        </AppLink>
        {active ? (
          <Button size="small" type="text" danger loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('common:action.cancel')}
          </Button>
        ) : (
          <RunState run={run} />
        )}
      </div>
      {active ? (
        <RunProgress run={run} compact />
      ) : (
        <div className="small faint">
          {t(`common:run.kind.${run.kind}`)} · <Ago at={run.finished_at ?? run.created_at} />
        </div>
      )}
      {run.error && (
        <div className={`small ${css.error}`} title={run.error.message}>
          {errorWords(run.error).brief}
        </div>
      )}
    </div>
  )
}

/** Says so when a run that was seen in progress has ended. */
function useEndNotices(runs: Run[] | undefined) {
  const { t } = useTranslation(['shell', 'common'])
  const { notification } = App.useApp()
  const go = useGo()
  const runName = useRunName()
  const errorWords = useErrorWords()
  useEndedRuns(runs, (run) => {
    // The run's own page shows it.
    if (window.location.pathname.endsWith(run.id)) return
    const name = runName(run)
    notification[run.state === 'failed' ? 'error' : run.state === 'cancelled' ? 'info' : 'success']({
      key: run.id,
      title: t(run.state === 'failed' ? 'runs.failed' : run.state === 'cancelled' ? 'runs.cancelled' : 'runs.done', { name }),
      description: run.error ? errorWords(run.error).brief : undefined,
      placement: 'bottomRight',
      actions: (
        <Button
          size="small"
          onClick={() => {
            notification.destroy(run.id)
            go(urls.run(run.project_id, run.id))
          }}
        >
          {t('common:action.open')}
        </Button>
      ),
    })
  })
}
