import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress, Select } from 'antd'
import { Upload } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appDatasetsQuery, type AppEntry } from '@/api/apps'
import { keys } from '@/api/keys'
import { importFile } from '@/api/upload'
import { useProject } from '@/api/queries'
import type { Port } from '@/api/workflow'
import { useErrorText } from '@/components/useErrorText'
import { can } from '@/lib/rights'
import { useProjectId } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import css from './apps.module.css'

interface Props {
  app: AppEntry
  input: Port
  value: string | undefined
  onChange: (dataset: string) => void
}

/** Which data: a dataset of the project, or a file that becomes one. */
export function DatasetField({ app, input, value, onChange }: Props) {
  const { t } = useTranslation('apps')
  const f = useFormat()
  const id = useId()
  const client = useQueryClient()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const datasets = useQuery(appDatasetsQuery(app.id, input.name))
  const picker = useRef<HTMLInputElement>(null)
  const [sent, setSent] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const words = useErrorText(error)
  const chosen = datasets.data?.find((d) => d.asset.id === value)
  const take = async (file: File) => {
    setError(null)
    setSent(0)
    try {
      const dataset = await importFile(projectId, file, setSent)
      await client.invalidateQueries({ queryKey: keys.appDatasets(app.id, input.name) })
      void client.invalidateQueries({ queryKey: keys.assets(projectId) })
      onChange(dataset)
    } catch (cause) {
      setError(cause)
    } finally {
      setSent(null)
    }
  }
  // What fits stands first.
  const options = [...(datasets.data ?? [])].sort((a, b) => Number(b.fits) - Number(a.fits)).map((d) => ({ value: d.asset.id, label: d.asset.name, fits: d.fits, rows: d.rows }))
  return (
    <div className={css.field}>
      <label htmlFor={id}>
        {f.words(input.label)}
        {!input.optional && <span style={{ color: 'var(--fail)' }} aria-hidden> *</span>}
      </label>
      <Select
        id={id}
        showSearch={{ optionFilterProp: 'label' }}
        loading={datasets.isPending}
        value={value}
        placeholder={t('pick')}
        status={chosen && !chosen.fits ? 'error' : undefined}
        onChange={onChange}
        options={options}
        optionRender={(option) => (
          <span style={{ display: 'flex', justifyContent: 'space-between', gap: 10, opacity: option.data.fits ? 1 : 0.6 }}>
            <span className="ellipsis">{option.data.label}</span>
            <span className="small faint num">{option.data.fits ? (option.data.rows === null ? '–' : t('rows', { n: f.compact(option.data.rows) })) : t('fitsNot')}</span>
          </span>
        )}
      />
      {chosen && !chosen.fits && (
        <ul className={css.problems} role="alert">
          {chosen.problems.map((problem) => (
            <li key={f.words(problem.message)}>{f.words(problem.message)}</li>
          ))}
        </ul>
      )}
      {can(project, 'create') && (
        <div className={css.upload}>
          <input ref={picker} type="file" hidden accept=".csv,.tsv,.xlsx,.json,.ndjson,.parquet,.gz,.zip" aria-label={t('upload')} onChange={(event) => { const file = event.target.files?.[0]; event.target.value = ''; if (file) void take(file) }} />
          <Button size="small" icon={<Upload size={13} />} disabled={sent !== null} onClick={() => picker.current?.click()}>
            {t('upload')}
          </Button>
          {sent !== null ? <Progress percent={Math.round(sent * 100)} size={[120, 4]} showInfo={false} aria-label={t('uploading')} /> : null}
          {sent !== null && <span>{t(sent < 1 ? 'uploading' : 'importing')}</span>}
        </div>
      )}
      {error !== null && (
        <div className="small" role="alert" style={{ color: 'var(--fail)' }}>
          {words.brief}
        </div>
      )}
      {f.words(input.help) && <div className="small faint">{f.words(input.help)}</div>}
    </div>
  )
}
