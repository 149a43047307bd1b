import { useQuery } from '@tanstack/react-query'
import { App, Button, Modal, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appOrNoneQuery, endApp, publishApp, type AppEntry } from '@/api/apps'
import { keys } from '@/api/keys'
import { versionsQuery } from '@/api/queries'
import type { Text } from '@/api/workflow'
import { QueryView } from '@/components/QueryView'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { BothWords } from '../outside/BothWords'
import { useWork } from '../store/work'

/** Makes a saved version an app that others open without seeing the canvas. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['apps', 'common'])
  const { assetId } = useWork()
  const app = useQuery(appOrNoneQuery(assetId))
  if (app.data === undefined)
    return (
      <Modal open title={t('publish')} footer={null} onCancel={onClose}>
        <QueryView query={app} inline>{() => null}</QueryView>
      </Modal>
    )
  return <Form app={app.data} onClose={onClose} />
}

function Form({ app, onClose }: { app: AppEntry | null; onClose: () => void }) {
  const { t } = useTranslation(['apps', 'common', 'workflows'])
  const id = useId()
  const go = useGo()
  const { message } = App.useApp()
  const { assetId, projectId, name } = useWork()
  const versions = useQuery(versionsQuery(assetId))
  const [seq, setSeq] = useState<number | undefined>(undefined)
  const [title, setTitle] = useState<Text>(app?.signature.title ?? { en: name, 'zh-CN': name })
  const [summary, setSummary] = useState<Text | undefined>(app?.signature.summary)
  const [help, setHelp] = useState<Text | undefined>(app?.signature.help)
  const newest = versions.data?.[0]?.seq
  const touches = [keys.app(assetId), keys.apps(projectId)]
  const publish = useMutate(() => publishApp(assetId, { seq: seq ?? newest ?? 1, title, summary: summary ?? title, ...(help ? { help } : {}) }), {
    touches,
    onSuccess: () => {
      void message.success(t('published'))
      onClose()
      go(urls.app(projectId, assetId))
    },
  })
  const end = useMutate(() => endApp(assetId), { touches, done: t('ended'), onSuccess: onClose })
  return (
    <Modal
      open
      title={t('publish')}
      onCancel={onClose}
      footer={[
        app && (
          <Button key="end" danger loading={end.isPending} onClick={() => end.mutate()} style={{ float: 'left' }}>
            {t('end')}
          </Button>
        ),
        <Button key="cancel" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>,
        <Button key="ok" type="primary" loading={publish.isPending} disabled={newest === undefined} onClick={() => publish.mutate()}>
          {t('publishIt')}
        </Button>,
      ]}
    >
      <div style={{ display: 'flex', flexDirection: 'column', gap: 16, paddingTop: 8 }}>
        <p className="soft small">{t('publishText')}</p>
        {versions.data && newest === undefined && <p role="alert">{t('saveFirst')}</p>}
        <div>
          <label htmlFor={id} className="small soft">
            {t('version')}
          </label>
          <Select id={id} size="small" style={{ width: '100%' }} value={seq ?? newest} onChange={setSeq} options={(versions.data ?? []).map((v) => ({ value: v.seq, label: `v${v.seq}${v.message ? ` · ${v.message}` : ''}${v.seq === app?.seq ? ` · ${t('isApp')}` : ''}` }))} />
        </div>
        <BothWords label={t('workflows:declare.name')} value={title} onChange={(words) => words && setTitle(words)} />
        <BothWords label={t('summary')} value={summary} onChange={setSummary} />
        <BothWords label={t('help')} lines value={help} onChange={setHelp} />
      </div>
    </Modal>
  )
}
