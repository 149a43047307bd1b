import { useTranslation } from 'react-i18next'
import type { Sent } from '@/api/deliveries'
import { useFormat } from '@/lib/useFormat'

/** What a delivery sent, as far as the reader may know. */
export function DeliveredFiles({ result }: { result: unknown }) {
  const { t } = useTranslation('deliveries')
  const f = useFormat()
  const sent = result as Sent | null | undefined
  if (!sent) return <p className="soft">{t('run.hidden')}</p>
  return (
    <>
      <p className="soft">{sent.to === 'mail' ? t('run.mail', { count: sent.recipients ?? 0 }) : t('run.folder', { folder: sent.folder })}</p>
      <ul>
        {sent.files.map((file) => (
          <li key={file.name}>
            {file.name} <span className="faint num">{f.bytes(file.bytes)}</span>
          </li>
        ))}
      </ul>
      {sent.refused && sent.refused.length > 0 && <p role="alert">{t('refused', { who: sent.refused.join(', ') })}</p>}
    </>
  )
}
