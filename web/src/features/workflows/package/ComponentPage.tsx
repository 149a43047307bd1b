import { useQuery } from '@tanstack/react-query'
import { Button, Input, Popconfirm, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { packageQuery, sharePackage, withdrawVersion, type PackageDetail, type PackageVersion } from '@/api/packages'
import { Ago, Person, Tag } from '@/components/bits'
import { Markdown } from '@/components/Markdown'
import { Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { Threads } from '@/components/threads/Threads'
import { useMutate } from '@/components/useMutate'
import { useParam, usePath, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { Example } from '../panel/Example'
import { Changes } from './Newer'
import { NodePreview } from './NodePreview'
import css from './package.module.css'
import { Star } from './Star'
import { StatementDialog } from './StatementDialog'

/** A component: what it does, how it looks, and of a packaged one its versions. */
export function ComponentPage() {
  const { t } = useTranslation('packages')
  const f = useFormat()
  const projectId = useProjectId()
  const name = decodeURIComponent(usePath().split('/')[4] ?? '')
  const [v] = useParam('v')
  const detail = useQuery(packageQuery(projectId, name, /^\d+$/.test(v) ? Number(v) : undefined))
  return (
    <QueryView query={detail}>
      {(data) => (
        <Page
          title={f.words(data.signature.title)}
          up={{ href: urls.components(projectId), label: t('title') }}
          sub={f.words(data.signature.summary) === f.words(data.signature.title) ? undefined : f.words(data.signature.summary)}
          actions={<Star projectId={projectId} name={name} title={f.words(data.signature.title)} on={data.starred} />}
        >
          <div className={css.page}>
            <div style={{ minWidth: 0 }}>
              <Markdown text={data.pages[f.lang] ?? ''} said={[f.words(data.signature.title), f.words(data.signature.summary)]} />
              {data.signature.example && <Example example={data.signature.example} />}
              {data.package?.python && <Python python={data.package.python} />}
              {data.signature.kind === 'sql' && data.package && <Statement detail={data} name={name} projectId={projectId} />}
            </div>
            <div className={css.aside}>
              <section>
                <h2>{t('preview')}</h2>
                <div className={css.preview} style={{ position: 'static', maxHeight: 'none' }}>
                  <NodePreview signature={data.signature} projectId={projectId} />
                </div>
              </section>
              {data.package && <Package detail={data} name={name} projectId={projectId} />}
            </div>
          </div>
          {data.package && (
            <section style={{ marginTop: 32, maxWidth: 720 }}>
              <h2 style={{ fontSize: 14, marginBottom: 10 }}>{t('discussion')}</h2>
              <Threads anchor={{ asset: data.package.asset_id }} projectId={projectId} />
            </section>
          )}
        </Page>
      )}
    </QueryView>
  )
}

/** The statement of a SQL component, for who may see it; who may edit it writes the next version. */
function Statement({ detail, name, projectId }: { detail: PackageDetail; name: string; projectId: string }) {
  const { t } = useTranslation('packages')
  const [writing, setWriting] = useState(false)
  const own = detail.package
  if (!own) return null
  return (
    <section>
      <h2>{t('statement.sql')}</h2>
      {own.sql === null ? (
        <p className="soft">{t('statement.hidden')}</p>
      ) : (
        <>
          <pre tabIndex={0} className="mono" style={{ overflowX: 'auto', padding: 12, background: 'var(--fill)', borderRadius: 8, fontSize: 12.5 }} aria-label={t('statement.sql')}>
            {own.sql}
          </pre>
          {own.rights.includes('edit') && <Button onClick={() => setWriting(true)}>{t('statement.next')}</Button>}
          {writing && <StatementDialog projectId={projectId} before={{ assetId: own.asset_id, name, signature: detail.signature, sql: own.sql }} onClose={() => setWriting(false)} />}
        </>
      )}
    </section>
  )
}

/** What a Python component runs in, and its code for who may see that. */
function Python({ python }: { python: NonNullable<NonNullable<PackageDetail['package']>['python']> }) {
  const { t } = useTranslation('packages')
  return (
    <section>
      <h2>{t('python.code')}</h2>
      <p className="small soft">{t(python.ready ? 'python.environment' : 'python.notReady', { name: python.environment })}</p>
      {python.code === null ? (
        <p className="soft">{t('python.hidden')}</p>
      ) : (
        <pre tabIndex={0} className="mono" style={{ overflowX: 'auto', padding: 12, background: 'var(--fill)', borderRadius: 8, fontSize: 12.5 }} aria-label={t('python.code')}>
          {python.code}
        </pre>
      )}
    </section>
  )
}

function Package({ detail, name, projectId }: { detail: PackageDetail; name: string; projectId: string }) {
  const { t } = useTranslation('packages')
  const own = detail.package
  const touches = [keys.packages(projectId)]
  const share = useMutate<boolean>((organization) => sharePackage(own?.asset_id ?? '', organization), { touches })
  const [compare, setCompare] = useState<number | null>(null)
  if (!own) return null
  return (
    <>
      {own.rights.includes('manage') && (
        <label className={css.show}>
          <Switch size="small" checked={own.shared} loading={share.isPending} onChange={(on) => share.mutate(on)} />
          {t('share')}
        </label>
      )}
      {!own.rights.includes('manage') && own.shared && <Tag>{t('isShared')}</Tag>}
      <section>
        <h2>{t('versions')}</h2>
        <ul className={css.list}>
          {own.versions.map((version) => (
            <Version key={version.seq} version={version} own={own} touches={touches} onCompare={() => setCompare(version.seq)} current={version.seq === own.seq} />
          ))}
        </ul>
        {compare !== null && compare > 1 && (
          <div style={{ marginTop: 12 }}>
            <h2>{t('changesOf', { from: compare - 1, to: compare })}</h2>
            <Changes projectId={projectId} name={name} from={compare - 1} to={compare} />
          </div>
        )}
      </section>
    </>
  )
}

function Version({ version, own, touches, onCompare, current }: { version: PackageVersion; own: NonNullable<PackageDetail['package']>; touches: (readonly string[])[]; onCompare: () => void; current: boolean }) {
  const { t } = useTranslation(['packages', 'common'])
  const [reason, setReason] = useState('')
  const withdraw = useMutate<boolean>((withdrawn) => withdrawVersion(own.asset_id, version.seq, { withdrawn, ...(withdrawn && reason ? { reason } : {}) }), { touches })
  return (
    <li style={{ borderBottom: '1px solid var(--line)', paddingBottom: 8 }}>
      <div className={css.show} style={{ justifyContent: 'space-between' }}>
        <span className={css.show}>
          <span className="mono">v{version.seq}</span> {current && <Tag tone="accent">{t('here')}</Tag>} {version.withdrawn && <Tag tone="warn">{t('withdrawn')}</Tag>}
        </span>
        <span className="small faint">
          <Ago at={version.created_at} />
        </span>
      </div>
      {version.message && <div style={{ fontSize: 13 }}>{version.message}</div>}
      {version.withdrawn?.reason && <div className="small soft">{version.withdrawn.reason}</div>}
      <div className={css.show} style={{ flexWrap: 'wrap' }}>
        <Person user={version.author} />
        {version.seq > 1 && (
          <Button type="link" size="small" style={{ padding: 0 }} onClick={onCompare}>
            {t('whatChanged')}
          </Button>
        )}
        {own.rights.includes('edit') &&
          (version.withdrawn ? (
            <Button type="link" size="small" style={{ padding: 0 }} loading={withdraw.isPending} onClick={() => withdraw.mutate(false)}>
              {t('giveBack')}
            </Button>
          ) : (
            <Popconfirm
              title={t('withdrawAsk')}
              description={<Input size="small" value={reason} maxLength={300} placeholder={t('withdrawWhy')} aria-label={t('withdrawWhy')} onChange={(event) => setReason(event.target.value)} />}
              okText={t('withdraw')}
              cancelText={t('common:action.cancel')}
              onConfirm={() => withdraw.mutate(true)}
            >
              <Button type="link" size="small" danger style={{ padding: 0 }} loading={withdraw.isPending}>
                {t('withdraw')}
              </Button>
            </Popconfirm>
          ))}
      </div>
    </li>
  )
}
