import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivered } from '@/api/deliveries'
import { AppLink } from '@/components/AppLink'
import { RunState, Tag } from '@/components/bits'
import { useErrorWords, type ErrorWords } from '@/components/useErrorText'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './deliver.module.css'

const FEW = 3

/** What the last times came to, the newest first. */
export function DeliveryHistory({ history, zone }: { history: Delivered[]; zone: string }) {
  const { t } = useTranslation('deliveries')
  const f = useFormat()
  const projectId = useProjectId()
  const [all, setAll] = useState(false)
  const words = useErrorWords()
  if (history.length === 0) return <p className="small faint">{t('never')}</p>
  return (
    <section>
      <ul className={css.history} aria-label={t('history')}>
        {(all ? history : history.slice(0, FEW)).map((one) => (
          <li key={`${one.at} ${one.due_at} ${one.run_id}`}>
            <span>
              {one.run_id ? <AppLink href={urls.run(projectId, one.run_id)}>{f.moment(one.due_at, zone)}</AppLink> : f.moment(one.due_at, zone)} <span className="faint small">{t(`cause.${one.cause}`)}</span>
            </span>
            {one.run_state ? <RunState run={{ state: one.run_state }} /> : <Tag tone={one.outcome === 'stopped' ? 'warn' : 'plain'}>{t(`outcome.${one.outcome}`)}</Tag>}
            {one.message && <small>{f.words(one.message)}</small>}
            {one.error && <Why words={words(one.error)} />}
            {one.result && (
              <small>
                {one.result.files.map((file) => `${file.name} (${f.bytes(file.bytes)})`).join(', ')}
                {one.result.refused && one.result.refused.length > 0 && <> · {t('refused', { who: one.result.refused.join(', ') })}</>}
              </small>
            )}
          </li>
        ))}
      </ul>
      {history.length > FEW && (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setAll(!all)}>
          {t(all ? 'fewer' : 'more', { count: history.length })}
        </Button>
      )}
    </section>
  )
}

/** Why nothing was delivered; what the server says of it stands behind that where it speaks another language. */
function Why({ words }: { words: ErrorWords }) {
  return (
    <small>
      <span className={css.wrong}>{words.brief}</span>
      {words.detail && (
        <span lang="en" className="faint">
          {' '}
          {words.detail}
        </span>
      )}
    </small>
  )
}
