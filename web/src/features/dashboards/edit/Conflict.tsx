import { Button, Modal } from 'antd'
import { ExternalLink } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { DashboardDetail } from '@/api/dashboards'
import { urls } from '@/lib/urls'

interface Props {
  theirs: DashboardDetail | null
  asset: DashboardDetail['asset']
  saving: boolean
  onClose: () => void
  onMine: (base: number) => void
  onCopy: () => void
}

/** Somebody saved meanwhile: what can be done so that neither's work is lost. */
export function Conflict({ theirs, asset, saving, onClose, onMine, onCopy }: Props) {
  const { t } = useTranslation('dashboards')
  if (!theirs) return null
  const who = theirs.asset.latest?.author
  return (
    <Modal
      open
      title={t('builder.conflict.title', { seq: theirs.seq })}
      onCancel={onClose}
      width={600}
      footer={[
        <Button key="stay" onClick={onClose}>{t('builder.conflict.stay')}</Button>,
        <Button key="copy" onClick={onCopy}>{t('builder.conflict.copy')}</Button>,
        <Button key="mine" type="primary" loading={saving} onClick={() => onMine(theirs.seq)}>{t('builder.conflict.mine')}</Button>,
      ]}
    >
      <p>{t('builder.conflict.text', { name: who?.name || who?.email || '' })}</p>
      <p style={{ marginTop: 10 }}>
        <a href={urls.dashboard(asset.project_id, asset.id, { v: theirs.seq })} target="_blank" rel="noreferrer">
          {t('builder.conflict.look')} <ExternalLink size={12} aria-hidden />
        </a>
      </p>
    </Modal>
  )
}
