import { useQuery } from '@tanstack/react-query'
import { Steps } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, callAs } from '@/api/client'
import { keys } from '@/api/keys'
import { useProject } from '@/api/queries'
import type { ColumnOverride, ImportOptions, Run, Sniffed, Source } from '@/api/types'
import { NoRight } from '@/components/NoRight'
import { Page } from '@/components/Page'
import { LargerScreen, Loading } from '@/components/states'
import { useErrorWords } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useGo, useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { takeOver } from '../pending'
import css from './ImportPage.module.css'
import { PreviewStep } from './PreviewStep'
import { SourceStep } from './SourceStep'
import { TargetStep, type Target } from './TargetStep'

export interface Chosen {
  source: Source
  /** What people call it: the file's or table's name. */
  name: string
}

/** File → preview → where to → a run. Each step can be gone back to. */
export function ImportPage() {
  const { t } = useTranslation(['import', 'common', 'data'])
  const projectId = useProjectId()
  const narrow = useNarrow()
  const project = useProject(projectId)
  const [dataset] = useParam('dataset')
  const up = { href: urls.data(projectId), label: t('data:list.title') }
  if (narrow)
    return (
      <Page title={t('title')} up={up}>
        <LargerScreen nothing />
      </Page>
    )
  if (!project.data) return <Loading />
  if (!can(project.data, 'create')) return <NoRight ability="create" />
  return (
    <Page title={dataset ? t('titleVersion') : t('title')} up={up}>
      <Wizard projectId={projectId} datasetId={dataset || null} />
    </Page>
  )
}

function Wizard({ projectId, datasetId }: { projectId: string; datasetId: string | null }) {
  const { t } = useTranslation(['import', 'common', 'data'])
  const go = useGo()
  const errorWords = useErrorWords()
  const [step, setStep] = useState(0)
  const [dropped] = useState(takeOver)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [options, setOptions] = useState<ImportOptions>({})
  const [columns, setColumns] = useState<Record<string, ColumnOverride>>({})
  const merged: ImportOptions = { ...options, columns: Object.values(columns) }
  const sniffed = useQuery<Sniffed>({
    queryKey: ['sniff', projectId, chosen?.source, merged],
    queryFn: () => {
      if (!chosen) throw new Error('no source')
      return callAs<Sniffed>(
        api.POST('/api/v1/projects/{project_id}/import/sniff', {
          params: { path: { project_id: projectId } },
          body: { source: chosen.source, options: merged as Record<string, never> },
        }),
      )
    },
    enabled: chosen !== null,
    // The old preview stays while an override is tried.
    placeholderData: (old) => old,
    staleTime: Infinity,
    gcTime: 0,
  })
  const run = useMutate(
    (target: Target) => {
      if (!chosen) throw new Error('no source')
      return callAs<Run>(
        api.POST('/api/v1/projects/{project_id}/import', {
          params: { path: { project_id: projectId } },
          body: {
            source: chosen.source,
            options: merged as Record<string, never>,
            // Read exactly as the preview showed it.
            settled: sniffed.data?.options as Record<string, never> | undefined,
            target: target.datasetId ? { dataset_id: target.datasetId } : { name: target.name },
            mode: target.mode,
            key: target.key,
            message: target.message,
            max_rejected_ratio: target.maxRejected / 100,
          },
        }),
      )
    },
    { touches: [keys.runs(projectId), keys.assets(projectId)], onSuccess: (started) => go(urls.run(projectId, started.id), { replace: true }), quiet: true },
  )
  const choose = useCallback((next: Chosen) => {
    setChosen(next)
    setOptions({})
    setColumns({})
    setStep(1)
  }, [])
  const problem = run.error ? errorWords(run.error) : null
  return (
    <div className={css.wizard}>
      <Steps
        size="small"
        current={step}
        onChange={(next) => next < step && setStep(next)}
        items={[{ title: t('step.source'), content: chosen?.name }, { title: t('step.preview') }, { title: t('step.target') }]}
        style={{ marginBottom: 24, maxWidth: 760 }}
      />
      {step === 0 && <SourceStep projectId={projectId} dropped={dropped} onChosen={choose} />}
      {step === 1 && chosen && (
        <PreviewStep
          query={sniffed}
          options={options}
          columns={columns}
          onOptions={(changes) => {
            setOptions((old) => ({ ...old, ...changes }))
            // Another reading has other columns; overrides of the old ones don't apply.
            setColumns({})
          }}
          onColumn={(name, changes) => setColumns((old) => ({ ...old, [name]: { ...old[name], ...changes, name } }))}
          onBack={() => setStep(0)}
          onNext={() => setStep(2)}
        />
      )}
      {step === 2 && chosen && sniffed.data && (
        <TargetStep
          projectId={projectId}
          datasetId={datasetId}
          suggestedName={chosen.name.replace(/\.(csv|tsv|txt|xlsx?|json|ndjson|jsonl|parquet)?(\.gz)?$/i, '')}
          columns={sniffed.data.columns.filter((c) => c.include).map((c) => c.name)}
          busy={run.isPending}
          problem={problem}
          onBack={() => setStep(1)}
          onRun={(target) => run.mutate(target)}
        />
      )}
    </div>
  )
}
