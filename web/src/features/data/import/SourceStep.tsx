import { Button, Form, Input, Menu, Progress, Segmented } from 'antd'
import { Cloud, Database, FileUp, FolderOpen } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Source } from '@/api/types'
import { ErrorBody } from '@/components/ErrorBody'
import { useErrorWords } from '@/components/useErrorText'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { FolderBrowser } from './FolderBrowser'
import css from './ImportPage.module.css'
import type { Chosen } from './ImportPage'
import { upload } from '@/api/upload'

const KINDS = ['file', 'folder', 's3', 'database'] as const
type Kind = (typeof KINDS)[number]
const ICONS = { file: FileUp, folder: FolderOpen, s3: Cloud, database: Database }

interface Props {
  projectId: string
  dropped: File | null
  onChosen: (chosen: Chosen) => void
}

/** Where the data is: a file, a folder of the server, S3, a database. */
export function SourceStep({ projectId, dropped, onChosen }: Props) {
  const { t } = useTranslation(['import', 'common'])
  const [kind, setKind] = useParam('source', 'file')
  return (
    <div className={css.sources}>
      <Menu
        selectedKeys={[kind]}
        onClick={({ key }) => setKind(key)}
        style={{ border: 0, background: 'none' }}
        items={KINDS.map((key) => {
          const Icon = ICONS[key]
          return { key, label: t(`source.${key}`), icon: <Icon size={16} strokeWidth={1.75} /> }
        })}
      />
      <div>
        {(kind as Kind) === 'folder' ? (
          <FolderBrowser onChosen={onChosen} />
        ) : kind === 's3' ? (
          <S3Form onChosen={onChosen} />
        ) : kind === 'database' ? (
          <DatabaseForm onChosen={onChosen} />
        ) : (
          <FileDrop projectId={projectId} dropped={dropped} onChosen={onChosen} />
        )}
      </div>
    </div>
  )
}

function FileDrop({ projectId, dropped, onChosen }: Props) {
  const { t } = useTranslation(['import', 'common'])
  const f = useFormat()
  const errorWords = useErrorWords()
  const input = useRef<HTMLInputElement>(null)
  const abort = useRef<AbortController>(null)
  const [over, setOver] = useState(false)
  const [sending, setSending] = useState<{ file: File; sent: number } | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const send = useCallback(
    (file: File) => {
      abort.current?.abort()
      const control = new AbortController()
      abort.current = control
      setProblem(null)
      setSending({ file, sent: 0 })
      upload(projectId, file, (sent) => setSending({ file, sent }), control.signal)
        .then((done) => onChosen({ source: { type: 'upload', upload_id: done.id }, name: file.name }))
        .catch((error: unknown) => {
          if (!(error instanceof DOMException)) setProblem(error)
        })
        .finally(() => {
          if (abort.current === control) setSending(null)
        })
    },
    [projectId, onChosen],
  )
  useEffect(() => {
    // A file dropped on the list of datasets is sent at once.
    if (dropped) send(dropped)
    return () => abort.current?.abort()
  }, [dropped, send])
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) send(file)
  }
  const words = problem ? errorWords(problem) : null
  if (sending)
    return (
      <div className={css.zone}>
        <b>{sending.file.name}</b>
        <Progress percent={Math.round((sending.sent / Math.max(1, sending.file.size)) * 100)} style={{ maxWidth: 420 }} aria-label={t('uploading')} />
        <span className="soft num">
          {f.bytes(sending.sent)} / {f.bytes(sending.file.size)}
        </span>
        <Button onClick={() => abort.current?.abort()}>{t('common:action.cancel')}</Button>
      </div>
    )
  return (
    <div
      className={css.zone}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FileUp size={30} strokeWidth={1.25} color="var(--accent)" aria-hidden />
      <b>{t('drop')}</b>
      <span className="soft">{t('formats')}</span>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('choose')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) send(file)
        }}
      />
      <Button type="primary" onClick={() => input.current?.click()} style={{ marginTop: 8 }}>
        {t('choose')}
      </Button>
      {words && (
        <div className={css.problem} role="alert">
          <b>{words.title}</b>
          <ErrorBody words={words} />
        </div>
      )}
    </div>
  )
}

const last = (path: string) => path.split('/').filter(Boolean).at(-1) ?? path

interface S3Values {
  url: string
  endpoint?: string
  region?: string
  access_key?: string
  secret_key?: string
}

function S3Form({ onChosen }: { onChosen: Props['onChosen'] }) {
  const { t } = useTranslation(['import', 'common'])
  return (
    <Form<S3Values>
      layout="vertical"
      style={{ maxWidth: 560 }}
      onFinish={(values) => {
        const given = Object.fromEntries(Object.entries(values).filter(([, v]) => typeof v === 'string' && v.trim() !== ''))
        onChosen({ source: { ...given, type: 's3' } as Source, name: last(values.url) })
      }}
    >
      <Form.Item name="url" label={t('s3.url')} rules={[{ required: true, pattern: /^s3:\/\/[^/]+\/.+/, message: t('s3.urlHint') }]} extra={t('s3.urlHint')}>
        <Input className="mono" placeholder="s3://bucket/path/file.parquet" />
      </Form.Item>
      <Form.Item name="endpoint" label={t('s3.endpoint')} extra={t('s3.endpointHint')}>
        <Input className="mono" />
      </Form.Item>
      <Form.Item name="region" label={t('s3.region')}>
        <Input className="mono" />
      </Form.Item>
      <Form.Item name="access_key" label={t('s3.accessKey')}>
        <Input className="mono" autoComplete="off" />
      </Form.Item>
      <Form.Item name="secret_key" label={t('s3.secretKey')} extra={t('secretHint')}>
        <Input.Password autoComplete="off" />
      </Form.Item>
      <Button type="primary" htmlType="submit">
        {t('look')}
      </Button>
    </Form>
  )
}

interface DatabaseValues {
  type: 'postgres' | 'mysql' | 'sqlite'
  url: string
  what: 'table' | 'query'
  table?: string
  query?: string
}

const EXAMPLES = { postgres: 'postgres://user:password@host:5432/db', mysql: 'mysql://user:password@host:3306/db', sqlite: 'sqlite:///data/shop.db' }
const DATABASE_NAMES = [
  { value: 'postgres', label: 'PostgreSQL' },
  { value: 'mysql', label: 'MySQL / MariaDB' },
  { value: 'sqlite', label: 'SQLite' },
]

function DatabaseForm({ onChosen }: { onChosen: Props['onChosen'] }) {
  const { t } = useTranslation(['import', 'common'])
  const [form] = Form.useForm<DatabaseValues>()
  const type = Form.useWatch('type', form) ?? 'postgres'
  const what = Form.useWatch('what', form) ?? 'table'
  return (
    <Form<DatabaseValues>
      form={form}
      layout="vertical"
      style={{ maxWidth: 640 }}
      initialValues={{ type: 'postgres', what: 'table' }}
      onFinish={(values) =>
        onChosen({
          source: { type: values.type, url: values.url, ...(values.what === 'table' ? { table: values.table } : { query: values.query }) },
          name: values.what === 'table' ? (values.table ?? '') : t('db.queryName'),
        })
      }
    >
      <Form.Item name="type" label={t('db.type')}>
        <Segmented options={DATABASE_NAMES} />
      </Form.Item>
      <Form.Item name="url" label={t('db.url')} extra={t('db.urlHint')} rules={[{ required: true, message: t('db.urlMissing') }]}>
        <Input.Password className="mono" placeholder={EXAMPLES[type]} autoComplete="off" />
      </Form.Item>
      <Form.Item name="what">
        <Segmented
          options={[
            { value: 'table', label: t('db.table') },
            { value: 'query', label: t('db.query') },
          ]}
        />
      </Form.Item>
      {what === 'table' ? (
        <Form.Item name="table" label={t('db.tableName')} rules={[{ required: true, whitespace: true, message: t('db.tableMissing') }]}>
          <Input className="mono" placeholder="public.orders" />
        </Form.Item>
      ) : (
        <Form.Item name="query" label={t('db.queryText')} extra={t('db.queryHint')} rules={[{ required: true, whitespace: true, message: t('db.queryMissing') }]}>
          <Input.TextArea className="mono" rows={6} spellCheck={false} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit">
        {t('look')}
      </Button>
    </Form>
  )
}
