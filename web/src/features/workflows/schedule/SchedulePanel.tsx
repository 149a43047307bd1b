import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Popconfirm, Radio, Select, Switch } from 'antd'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { keys } from '@/api/keys'
import { removeSchedule, saveSchedule, scheduleQuery, upcomingQuery, type Schedule, type ScheduleBody, type ScheduleDetail } from '@/api/schedules'
import { Ago, Person } from '@/components/bits'
import { QueryView } from '@/components/QueryView'
import { useErrorText } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { choiceOf, expression, FIRST } from '../model/cron'
import { workflowSchema } from '../model/declare'
import { schemaParams, withField } from '@/components/form/params'
import { Panel } from '../panel/Inspector'
import { useWorkflow } from '../store/document'
import { useWork } from '../store/work'
import { CronField } from './CronField'
import { History } from './History'
import css from './schedule.module.css'

/** When the workflow runs by itself: at times, or when its data arrive. */
export function SchedulePanel() {
  const { t } = useTranslation('schedules')
  const [, setSide] = useParam('side')
  const { assetId, canEdit, canRun } = useWork()
  const detail = useQuery(scheduleQuery(assetId))
  return (
    <Panel title={<h2 style={{ fontSize: 14 }}>{t('title')}</h2>} label={t('title')} onClose={() => setSide('')}>
      <QueryView query={detail} inline>
        {(data) => (
          <>
            {data.schedule && <Standing schedule={data.schedule} />}
            {data.schedule || (canEdit && canRun) ? <Form key={data.schedule?.updated_at ?? 'new'} detail={data} /> : <p className="soft">{t('noneToRead')}</p>}
            <History history={data.history} />
          </>
        )}
      </QueryView>
    </Panel>
  )
}

/** Whether it will run, and if not, why. */
function Standing({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  return (
    <div className={css.state} data-state={schedule.state} role={schedule.state === 'active' || schedule.state === 'off' ? 'note' : 'alert'}>
      <strong>{t(`state.${schedule.state}`)}</strong>
      {schedule.reason && <span>{f.words(schedule.reason.message)}</span>}
      {schedule.state === 'active' && schedule.next_at && <span className="soft">{t('next', { at: f.moment(schedule.next_at) })}</span>}
      {schedule.waits_until && <span className="soft">{t('waits', { at: f.moment(schedule.waits_until) })}</span>}
      {schedule.failures > 0 && <span className="soft">{t('failures', { count: schedule.failures })}</span>}
      {schedule.held_back && (
        <span className="soft">
          {schedule.held_back.dataset ? t('held', { name: schedule.held_back.dataset.name }) : t('heldHidden')} <Ago at={schedule.held_back.at} />
        </span>
      )}
      <span className="soft small">
        {t('owner')} <Person user={schedule.owner} />
      </span>
    </div>
  )
}

const ZONES: string[] = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []

function Form({ detail }: { detail: ScheduleDetail }) {
  const { t } = useTranslation(['schedules', 'common'])
  const { assetId, projectId, canEdit, canRun } = useWork()
  const w = useWorkflow()
  const old = detail.schedule
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
  const [timed, setTimed] = useState(old ? old.cron !== null : true)
  const [choice, setChoice] = useState(() => (old?.cron ? choiceOf(old.cron.expression) : FIRST))
  const [zone, setZone] = useState(old?.cron?.time_zone ?? here)
  const [missed, setMissed] = useState(old?.cron?.missed ?? 'once')
  const [onData, setOnData] = useState(old ? old.on_data !== null : false)
  const [wait, setWait] = useState(Math.round((old?.on_data?.wait_seconds ?? 60) / 6) / 10)
  const [enabled, setEnabled] = useState(old?.enabled ?? true)
  const [values, setValues] = useState<Record<string, unknown>>(old?.params ?? {})
  const params = useMemo(() => schemaParams(workflowSchema(w.params)), [w.params])
  const context = useMemo<FormContext>(() => ({ inputs: {}, problems: [], disabled: false, projectId, portLabel: (port) => port }), [projectId])
  const text = expression(choice)
  const body: ScheduleBody = { enabled, cron: timed ? { expression: text, time_zone: zone, missed } : null, on_data: onData ? { wait_seconds: Math.round(wait * 60) } : null, params: values }
  const touches = [keys.schedule(assetId), keys.schedules(projectId)]
  const save = useMutate(() => saveSchedule(assetId, { ...body, enabled }), { touches, done: t('saved') })
  const remove = useMutate(() => removeSchedule(assetId), { touches, done: t('removed') })
  const may = canEdit && canRun
  const begin = old && (old.state === 'paused' || old.state === 'stopped')
  const zones = useMemo(() => [...new Set([here, zone, 'UTC', ...ZONES])].map((value) => ({ value, label: value })), [here, zone])
  return (
    <>
      {!old && <p className="small soft">{t('none')}</p>}
      <section className={css.block}>
        <h3>
          {t('atTimes')}
          <Switch size="small" checked={timed} disabled={!may} onChange={setTimed} aria-label={t('atTimes')} />
        </h3>
        {timed && (
          <>
            <CronField choice={choice} disabled={!may} onChange={setChoice} />
            <Select size="small" className={css.wide} showSearch disabled={!may} aria-label={t('zone')} value={zone} onChange={setZone} options={zones} />
            <Radio.Group disabled={!may} value={missed} onChange={(event) => setMissed(event.target.value as 'once' | 'skip')} aria-label={t('missed')} style={{ display: 'grid', gap: 4 }}>
              <Radio value="once">{t('missedOnce')}</Radio>
              <Radio value="skip">{t('missedSkip')}</Radio>
            </Radio.Group>
            <Upcoming cron={text} zone={zone} />
          </>
        )}
      </section>
      <section className={css.block}>
        <h3>
          {t('onData')}
          <Switch size="small" checked={onData} disabled={!may} onChange={setOnData} aria-label={t('onData')} />
        </h3>
        {onData && (
          <>
            <label className={css.row}>
              {t('wait')}
              <InputNumber size="small" disabled={!may} min={0} max={1440} value={wait} onChange={(n) => setWait(n ?? 0)} style={{ width: 80 }} />
              {t('waitMinutes')}
            </label>
            <p className="small soft">{t('waitHelp')}</p>
          </>
        )}
      </section>
      {params.length > 0 && (
        <section className={css.block}>
          <h3>{t('params')}</h3>
          <ParamForm params={params} values={values} context={{ ...context, disabled: !may }} onChange={(name, value) => setValues((now) => withField(now, name, value))} />
        </section>
      )}
      {old && (
        <label className={css.row}>
          <Switch size="small" checked={enabled} disabled={!may} onChange={setEnabled} />
          {t('enabled')}
        </label>
      )}
      {may ? (
        <div className={css.actions}>
          <Button type="primary" size="small" loading={save.isPending} disabled={!timed && !onData} onClick={() => save.mutate()}>
            {begin && enabled ? t('beginAgain') : t('common:action.save')}
          </Button>
          {old && (
            <Popconfirm title={t('removeAsk')} okText={t('common:action.remove')} cancelText={t('common:action.cancel')} onConfirm={() => remove.mutate()}>
              <Button size="small" danger loading={remove.isPending}>
                {t('common:action.remove')}
              </Button>
            </Popconfirm>
          )}
        </div>
      ) : (
        <p className="small soft">{t('mayNot')}</p>
      )}
    </>
  )
}

/** The next times, as the server counts them; or what is wrong with the cron. */
function Upcoming({ cron, zone }: { cron: string; zone: string }) {
  const { t } = useTranslation('schedules')
  const f = useFormat()
  const asked = useDeferredValue(cron)
  const times = useQuery({ ...upcomingQuery(asked, zone), enabled: asked !== '' })
  const words = useErrorText(times.error)
  if (times.isError) return <p className="small" role="alert" style={{ color: 'var(--fail)' }}>{times.error instanceof ApiError && times.error.offline ? words.title : words.brief}</p>
  if (!times.data) return null
  return (
    <div>
      <div className="small soft">{t('upcoming')}</div>
      <ol className={css.times}>
        {times.data.map((at) => (
          <li key={at}>
            <time dateTime={at} className="num">{f.moment(at, zone)}</time>
            <span className="faint">{f.ago(at)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
