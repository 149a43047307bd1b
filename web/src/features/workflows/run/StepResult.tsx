import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import type { Run } from '@/api/types'
import { previewRun, type NodeState, type Signature } from '@/api/workflow'
import { QueryView } from '@/components/QueryView'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { Looked, ROWS } from '../results/Looked'
import css from './run.module.css'

interface Props {
  run: Run
  id: string
  title: string
  signature: Signature | undefined
  state: NodeState | undefined
}

/** What came out of a step of this run, whatever became of the draft and the data since. */
export function StepResult({ run, id, title, signature, state }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const [wanted, setPort] = useParam('port')
  const outputs = signature?.outputs ?? []
  const port = outputs.find((p) => p.name === wanted) ?? outputs[0]
  const looked = useQuery({
    queryKey: [...keys.runPort(run.id, id, port?.name ?? ''), state?.state ?? ''],
    queryFn: () => previewRun(run.id, { node: id, port: port?.name ?? '', limit: ROWS }),
    enabled: port !== undefined,
    retry: false,
  })
  if (!signature) return <p className="soft">{t('runPage.choose')}</p>
  if (!port) return <p className="soft">{t('runPage.noOutput')}</p>
  return (
    <section className={css.result} aria-label={t('results.of', { name: title })}>
      <header>
        <h3>{title}</h3>
        {outputs.length > 1 && <Segmented size="small" options={outputs.map((p) => ({ value: p.name, label: f.words(p.label) }))} value={port.name} onChange={(value) => setPort(String(value))} aria-label={t('results.port')} />}
      </header>
      <QueryView query={looked} inline>
        {(data) => (
          <Looked
            data={data}
            label={t('results.of', { name: title })}
            more={(rows) => t('results.partial', { n: rows })}
            none={
              data.kind === 'none' && (
                <div>
                  <strong>{t(`runPage.none.${data.reason}`)}</strong>
                  <p className="soft">{t(`runPage.noneText.${data.reason}`)}</p>
                </div>
              )
            }
          />
        )}
      </QueryView>
    </section>
  )
}
