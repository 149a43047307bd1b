import { useQuery } from '@tanstack/react-query'
import { Button, Popconfirm, Switch } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { removeSchedule, saveSchedule, scheduleQuery, type Schedule, type ScheduleBody, type ScheduleDetail } from '@/api/schedules'
import { Ago, Person } from '@/components/bits'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { workflowSchema } from '../model/declare'
import { schemaParams, withField } from '@/components/form/params'
import { Panel } from '../panel/Inspector'
import { useWorkflow } from '../store/document'
import { useWork } from '../store/work'
import { History } from './History'
import shared from '@/components/schedule/schedule.module.css'
import { bodyOf, whenOf } from '@/components/schedule/when'
import { WhenFields } from '@/components/schedule/WhenFields'
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
    <div className={shared.state} data-state={schedule.state} role={schedule.state === 'active' || schedule.state === 'off' ? 'note' : 'alert'}>
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

function Form({ detail }: { detail: ScheduleDetail }) {
  const { t } = useTranslation(['schedules', 'common'])
  const { assetId, projectId, canEdit, canRun } = useWork()
  const w = useWorkflow()
  const old = detail.schedule
  const [when, setWhen] = useState(() => whenOf(old))
  const [enabled, setEnabled] = useState(old?.enabled ?? true)
  const [values, setValues] = useState<Record<string, unknown>>(old?.params ?? {})
  const params = useMemo(() => schemaParams(workflowSchema(w.params)), [w.params])
  const context = useMemo<FormContext>(() => ({ inputs: {}, problems: [], disabled: false, projectId, portLabel: (port) => port }), [projectId])
  const body: ScheduleBody = { enabled, ...bodyOf(when), params: values }
  const touches = [keys.schedule(assetId), keys.schedules(projectId)]
  const save = useMutate(() => saveSchedule(assetId, { ...body, enabled }), { touches, done: t('saved') })
  const remove = useMutate(() => removeSchedule(assetId), { touches, done: t('removed') })
  const may = canEdit && canRun
  const begin = old && (old.state === 'paused' || old.state === 'stopped')
  return (
    <>
      {!old && <p className="small soft">{t('none')}</p>}
      <WhenFields when={when} disabled={!may} onChange={(changes) => setWhen((now) => ({ ...now, ...changes }))} waitMinutes={t('waitMinutes')} waitHelp={t('waitHelp')} />
      {params.length > 0 && (
        <section className={shared.block}>
          <h3>{t('params')}</h3>
          <ParamForm params={params} values={values} context={{ ...context, disabled: !may }} onChange={(name, value) => setValues((now) => withField(now, name, value))} />
        </section>
      )}
      {old && (
        <label className={shared.row}>
          <Switch size="small" checked={enabled} disabled={!may} onChange={setEnabled} />
          {t('enabled')}
        </label>
      )}
      {may ? (
        <div className={css.actions}>
          <Button type="primary" size="small" loading={save.isPending} disabled={!when.timed && !when.onData} onClick={() => save.mutate()}>
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
