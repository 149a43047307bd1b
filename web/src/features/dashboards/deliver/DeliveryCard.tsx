import { Button, Popconfirm, Switch } from 'antd'
import { Mail, FolderOpen, Pencil, Send, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Condition, Dashboard } from '@/api/dashboards'
import { bodyOfDelivery, isUnderWay, removeDelivery, sendDelivery, setDelivery, type Delivery, type Offers } from '@/api/deliveries'
import { keys } from '@/api/keys'
import type { Asset } from '@/api/types'
import { Person, Tag } from '@/components/bits'
import { CronWords } from '@/components/schedule/CronWords'
import { useMutate } from '@/components/useMutate'
import { useFormat } from '@/lib/useFormat'
import { DeliveryHistory } from './DeliveryHistory'
import css from './deliver.module.css'

interface Props {
  asset: Asset
  dashboard: Dashboard
  delivery: Delivery
  offers: Offers
  may: boolean
  onEdit: () => void
}

const TONES = { active: 'good', off: 'plain', paused: 'warn', stopped: 'warn' } as const

/** One delivery: what goes where and when, whether it does, and what came of it. */
export function DeliveryCard({ asset, dashboard, delivery: d, offers, may, onEdit }: Props) {
  const { t } = useTranslation(['deliveries', 'schedules', 'common'])
  const f = useFormat()
  const touches = [keys.deliveries(asset.id)]
  const turn = useMutate((enabled: boolean) => setDelivery(asset.id, d.id, bodyOfDelivery(d, { enabled })), { touches })
  const send = useMutate((toMe: boolean) => sendDelivery(asset.id, d.id, toMe), { touches, done: t('sending') })
  const remove = useMutate(() => removeDelivery(asset.id, d.id), { touches, done: t('removed') })
  const Icon = d.to.type === 'mail' ? Mail : FolderOpen
  const busy = d.history.some(isUnderWay)
  const ended = d.state === 'paused' || d.state === 'stopped'
  const manual = !d.cron && !d.on_data
  return (
    <li className={css.card} data-state={d.state}>
      <div className={css.head}>
        <h3>
          <Icon size={16} strokeWidth={1.6} aria-hidden />
          {d.name}
          <Tag tone={TONES[d.state]}>{t(manual && !ended ? 'byHand' : `state.${d.state}`)}</Tag>
        </h3>
        {!manual && (
          <label className="small" style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <Switch size="small" checked={d.enabled && !ended} disabled={!may} loading={turn.isPending} onChange={(enabled) => turn.mutate(enabled)} aria-label={t('turn', { name: d.name })} />
            {ended ? t('schedules:beginAgain') : t('schedules:enabled')}
          </label>
        )}
      </div>
      {d.reason && (
        <p className={css.warn} role="alert">
          {f.words(d.reason.message)}
        </p>
      )}
      <dl className={css.facts}>
        <dt>{t('to')}</dt>
        <dd>{d.to.type === 'mail' ? d.to.to.join(', ') : d.to.folder}</dd>
        <dt>{t('as')}</dt>
        <dd>
          {d.formats.map((format) => t(`format.${format}`)).join(' · ')} · {t(d.lang === 'en' ? 'inEnglish' : 'inChinese')}
        </dd>
        {!manual && (
          <>
            <dt>{t('when')}</dt>
            <dd>
              {[d.cron && <CronWords key="cron" cron={d.cron.expression} />, d.on_data && t('onData')].filter(Boolean).map((part, at) => (
                <span key={at}>
                  {at > 0 && ' · '}
                  {part}
                </span>
              ))}
              {d.state === 'active' && d.next_at && <span className="soft"> · {t('next', { at: f.moment(d.next_at, d.time_zone) })}</span>}
              {d.waits_until && <span className="soft"> · {t('waits', { at: f.moment(d.waits_until) })}</span>}
            </dd>
          </>
        )}
        {Object.keys(d.filters).length > 0 && (
          <>
            <dt>{t('filters')}</dt>
            <dd>{Object.entries(d.filters).map(([id, conditions]) => t('common:said', told(dashboard, id, conditions, f.words))).join(' · ')}</dd>
          </>
        )}
        <dt>{t('owner')}</dt>
        <dd>
          <Person user={d.owner} />
        </dd>
      </dl>
      <div className={css.actions}>
        <Button size="small" icon={<Send size={13} />} disabled={!may || busy} loading={busy || (send.isPending && !send.variables)} onClick={() => send.mutate(false)}>
          {t('sendNow')}
        </Button>
        {offers.mail && (
          <Button size="small" disabled={!may || busy} onClick={() => send.mutate(true)}>
            {t('toMe')}
          </Button>
        )}
        <Button size="small" icon={<Pencil size={13} />} disabled={!may} onClick={onEdit}>
          {t('common:action.edit')}
        </Button>
        <Popconfirm title={t('removeAsk')} okText={t('common:action.remove')} cancelText={t('common:action.cancel')} onConfirm={() => remove.mutate()}>
          <Button size="small" danger icon={<Trash2 size={13} />} loading={remove.isPending}>
            {t('common:action.remove')}
          </Button>
        </Popconfirm>
      </div>
      <DeliveryHistory history={d.history} zone={d.time_zone} />
    </li>
  )
}

/** A filter and what it is set to. */
function told(dashboard: Dashboard, id: string, conditions: Condition[], words: (text: NonNullable<Dashboard['filters'][number]['label']>) => string): { what: string; value: string } {
  const filter = dashboard.filters.find((one) => one.id === id)
  const values = conditions.flatMap((one) => (Array.isArray(one.value) ? one.value : [one.value])).filter((value) => value !== undefined && value !== null)
  return { what: filter?.label ? words(filter.label) : (filter?.column ?? id), value: values.map(String).join(', ') || '—' }
}
