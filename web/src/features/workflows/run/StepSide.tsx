import { useTranslation } from 'react-i18next'
import { Eye, Table2 } from 'lucide-react'
import { Button } from 'antd'
import type { Run } from '@/api/types'
import type { NodeState, Signature, Workflow } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { ErrorBody } from '@/components/ErrorBody'
import { useErrorWords } from '@/components/useErrorText'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { StateMark } from '../canvas/StateMark'
import { fingerprints, tally } from '../model/runs'
import { summary } from '../model/summary'
import { CurveChart } from '../results/ModelView'
import { Tag } from '@/components/bits'
import css from './run.module.css'

interface Props {
  run: Run
  workflow: Workflow
  states: Record<string, NodeState>
  id: string
  title: string
  signature: Signature | undefined
  workflowId: string | null
  /** Shows what came out of the step. */
  onShow: () => void
}

/** How the chosen step went; the whole run where none is chosen. */
export function StepSide({ run, workflow, states, id, title, signature, workflowId, onShow }: Props) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const errorWords = useErrorWords()
  const node = workflow.nodes[id]
  const state = states[id]
  if (!node) {
    const counts = tally(workflow, states)
    return (
      <aside className={css.side} aria-label={t('runPage.whole')}>
        <h2>{t('runPage.whole')}</h2>
        <div className={css.counts}>
          {Object.entries(counts).map(([key, count]) => (
            <Tag key={key} tone={key === 'failed' ? 'fail' : key === 'succeeded' || key === 'known' ? 'good' : 'plain'}>
              {key === 'known' ? t('results.cachedLine') : t(`state.${key}` as 'state.failed')} <span className="num">{f.number(count ?? 0)}</span>
            </Tag>
          ))}
        </div>
        <p className="small soft">{t('runPage.choose')}</p>
        {run.error && (
          <div className={css.fail} role="alert">
            <strong>{errorWords(run.error).title}</strong>
            <ErrorBody words={errorWords(run.error)} />
          </div>
        )}
      </aside>
    )
  }
  const prints = Object.entries(fingerprints(run, id))
  const error = state?.error ? errorWords(state.error) : null
  return (
    <aside className={css.side} aria-label={title}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
        <h2 style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>{title}</h2>
        <StateMark state={state} />
      </div>
      <div className="small soft">{summary(node, signature, f.words) || f.words(signature?.summary)}</div>
      {error && (
        <div className={css.fail} role="alert">
          <strong>{error.title}</strong>
          <ErrorBody words={error} />
        </div>
      )}
      <dl className={css.facts}>
        <dt>{t('runPage.state')}</dt>
        <dd>{state?.cached ? t('node.cached') : t(`state.${state?.state ?? 'waiting'}`)}{state?.reason ? ` · ${t(`reason.${state.reason}` as 'reason.upstream', { defaultValue: '' })}` : ''}</dd>
        {Object.entries(state?.rows ?? {}).map(([port, rows]) => (
          <Pair key={port} name={f.words(signature?.outputs.find((p) => p.name === port)?.label) || port} value={t('node.rows', { count: rows, n: f.number(rows, 0) })} />
        ))}
        {state?.started_at && <Pair name={t('runPage.began')} value={f.moment(state.started_at)} />}
        {state?.elapsed_ms ? <Pair name={t(state.cached ? 'runPage.hadTaken' : 'runPage.took')} value={f.duration(state.elapsed_ms)} /> : null}
        {prints.map(([port, print]) => (
          <Pair key={port} mono name={t('runPage.fingerprint')} value={prints.length > 1 ? f.named(port, print) : print} />
        ))}
      </dl>
      {state?.log && <pre tabIndex={0} className="mono" style={{ maxHeight: 320, overflow: 'auto', fontSize: 12 }} aria-label={t('results.printed')}>{state.log}</pre>}
      {state && state.curve.length > 0 && <CurveChart curve={state.curve} height={180} />}
      {workflowId && (
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          {(signature?.outputs.length ?? 0) > 0 && (
            <Button size="small" icon={<Eye size={14} />} onClick={onShow}>
              {t('runPage.show')}
            </Button>
          )}
          <AppLink href={urls.workflow(run.project_id, workflowId, { node: id, panel: 'rows' })}>
            <Button size="small" icon={<Table2 size={14} />} tabIndex={-1}>
              {t('runPage.onCanvas')}
            </Button>
          </AppLink>
        </div>
      )}
    </aside>
  )
}

function Pair({ name, value, mono }: { name: string; value: string; mono?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? 'mono' : 'num'}>{value}</dd>
    </>
  )
}
