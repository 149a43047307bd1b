import { Button, Checkbox, Drawer, Input, Radio, Segmented, Select } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { choicesQuery, type Condition, type Dashboard } from '@/api/dashboards'
import { createDelivery, setDelivery, type Delivery, type DeliveryBody, type Format, type Offers, type Stamp } from '@/api/deliveries'
import { keys } from '@/api/keys'
import type { Asset } from '@/api/types'
import { bodyOf, whenOf } from '@/components/schedule/when'
import { WhenFields } from '@/components/schedule/WhenFields'
import { useMutate } from '@/components/useMutate'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { FilterBar } from '../FilterBar'
import { useSources } from '../useSources'
import { MembersSelect } from './MembersSelect'
import css from './deliver.module.css'

interface Props {
  asset: Asset
  dashboard: Dashboard
  offers: Offers
  old: Delivery | null
  filters: Record<string, Condition[]>
  onClose: () => void
}

const STAMPS: Stamp[] = ['day', 'minute', 'none']

/** What is delivered, as what, where to and when. */
export function DeliveryForm({ asset, dashboard, offers, old, filters: now, onClose }: Props) {
  const { t } = useTranslation(['deliveries', 'common'])
  const f = useFormat()
  const narrow = useNarrow()
  const [name, setName] = useState(old?.name ?? asset.name)
  const [way, setWay] = useState<'mail' | 'folder'>(old?.to.type ?? (offers.mail ? 'mail' : 'folder'))
  const [folder, setFolder] = useState(old?.to.type === 'folder' ? old.to.folder : offers.folders[0])
  const [to, setTo] = useState<string[]>(old?.to.type === 'mail' ? old.to.to : [])
  const [subject, setSubject] = useState(old?.to.type === 'mail' ? old.to.subject : `${asset.name} {date}`)
  const [text, setText] = useState(old?.to.type === 'mail' ? (old.to.text ?? '') : '')
  const [formats, setFormats] = useState<Format[]>(old?.formats ?? offers.formats.slice(0, 1))
  const [lang, setLang] = useState(old?.lang ?? f.lang)
  const [stamp, setStamp] = useState<Stamp>(old?.stamp ?? 'day')
  const [filters, setFilters] = useState(old?.filters ?? now)
  const [byItself, setByItself] = useState(old ? !!(old.cron ?? old.on_data) : true)
  const [when, setWhen] = useState(() => whenOf(old && (old.cron ?? old.on_data) ? old : null))
  const facts = useSources(dashboard.sources, dashboard.filters.length > 0)
  const filled = name.trim() !== '' && formats.length > 0 && (way === 'folder' ? !!folder : to.length > 0 && subject.trim() !== '')
  const timed = !byItself || when.timed || when.onData
  const body: DeliveryBody = {
    enabled: byItself,
    ...(byItself ? bodyOf(when) : { cron: null, on_data: null }),
    name,
    formats,
    lang,
    time_zone: when.zone,
    stamp,
    filters,
    to: way === 'folder' ? { type: 'folder', folder: folder ?? '' } : { type: 'mail', to, subject, text },
  }
  const save = useMutate(() => (old ? setDelivery(asset.id, old.id, body) : createDelivery(asset.id, body)), {
    touches: [keys.deliveries(asset.id)],
    done: t('saved'),
    onSuccess: onClose,
  })
  const ways = useMemo(() => (['mail', 'folder'] as const).filter((one) => one === old?.to.type || (one === 'mail' ? offers.mail : offers.folders.length > 0)), [offers, old])
  const whom = offers.mail ? (offers.mail.anyone ? t('anyone') : offers.mail.domains.length > 0 ? t('domains', { domains: offers.mail.domains.join(', ') }) : t('members')) : ''
  return (
    <Drawer
      open
      onClose={onClose}
      size={narrow ? '100%' : 560}
      title={t(old ? 'edit' : 'add')}
      footer={
        <div className={css.foot}>
          <Button type="primary" loading={save.isPending} disabled={!filled || !timed} onClick={() => save.mutate()}>
            {t('common:action.save')}
          </Button>
          <Button onClick={onClose}>{t('common:action.cancel')}</Button>
        </div>
      }
    >
      <div className={css.form}>
        <Field label={t('name')} help={t('nameHelp')}>
          <Input value={name} maxLength={120} aria-label={t('name')} onChange={(event) => setName(event.target.value)} />
        </Field>
        {ways.length > 1 && <Segmented block value={way} onChange={setWay} aria-label={t('to')} options={ways.map((value) => ({ value, label: t(`way.${value}`) }))} />}
        {way === 'folder' ? (
          <Field label={t('folder')} help={t('folderHelp')}>
            <Select value={folder} aria-label={t('folder')} onChange={setFolder} options={offers.folders.map((value) => ({ value, label: value }))} />
          </Field>
        ) : (
          <>
            <Field label={t('recipients')} help={whom}>
              <MembersSelect value={to} most={offers.mail?.max_recipients ?? 50} label={t('recipients')} onChange={setTo} />
            </Field>
            <Field label={t('subject')} help={t('subjectHelp')}>
              <Input value={subject} maxLength={150} aria-label={t('subject')} onChange={(event) => setSubject(event.target.value)} />
            </Field>
            <Field label={t('words')}>
              <Input.TextArea value={text} rows={3} maxLength={4000} aria-label={t('words')} onChange={(event) => setText(event.target.value)} />
            </Field>
          </>
        )}
        <Field label={t('as')}>
          <Checkbox.Group value={formats} aria-label={t('as')} onChange={setFormats} options={offers.formats.map((value) => ({ value, label: t(`format.${value}`) }))} />
          <Radio.Group value={lang} aria-label={t('language')} onChange={(event) => setLang(event.target.value as typeof lang)} options={[{ value: 'zh-CN', label: t('inChinese') }, { value: 'en', label: t('inEnglish') }]} />
        </Field>
        <Field label={t('stamp')} help={t('stampHelp')}>
          <Select value={stamp} aria-label={t('stamp')} onChange={setStamp} options={STAMPS.map((value) => ({ value, label: t(`stampKind.${value}`) }))} />
        </Field>
        {dashboard.filters.length > 0 && (
          <Field label={t('filters')} help={t('filtersHelp')}>
            <FilterBar
              filters={dashboard.filters}
              set={filters}
              facts={facts}
              find={(filter, search) => choicesQuery(asset.id, undefined, filter, search, filters)}
              onSet={(id, conditions) => {
                const { [id]: _gone, ...rest } = filters
                setFilters(conditions === null ? rest : { ...rest, [id]: conditions })
              }}
            />
          </Field>
        )}
        <Radio.Group value={byItself} aria-label={t('when')} onChange={(event) => setByItself(event.target.value as boolean)} options={[{ value: true, label: t('byItself') }, { value: false, label: t('onlyByHand') }]} />
        {byItself && <WhenFields when={when} disabled={false} onChange={(changes) => setWhen((before) => ({ ...before, ...changes }))} waitMinutes={t('waitMinutes')} waitHelp={t('waitHelp')} />}
        <p className="small soft">{t('asMe')}</p>
      </div>
    </Drawer>
  )
}

function Field({ label, help, children }: { label: string; help?: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <span>{label}</span>
      {children}
      {help && <span className="small soft">{help}</span>}
    </div>
  )
}
