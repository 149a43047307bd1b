import type { NodeProps } from '@xyflow/react'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, Info, StickyNote, TriangleAlert } from 'lucide-react'
import { memo, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { staleQuery, type Stale } from '@/api/schedules'
import { projectAssetsQuery, type NodeState, type Port, type Problem } from '@/api/workflow'
import { useErrorWords } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import { assetOf, summary } from '../model/summary'
import { useDocPart, type DocState } from '../store/document'
import { useNodeState } from '../store/runs'
import { useWork } from '../store/work'
import { HANDLE, portY, sameLook, type StepElement } from './elements'
import { CATEGORY_ICON } from './kinds'
import { CommentMark } from '../comments/CommentMark'
import { PortHandle } from './PortHandle'
import { StateMark } from './StateMark'
import css from './StepNode.module.css'

/** A step of the workflow: what it is called, how it stands, its ports. */
export const StepNode = memo(function StepNode(props: NodeProps<StepElement>) {
  const tiny = useDocPart(isTiny)
  return tiny ? <TinyStep {...props} /> : <FullStep {...props} />
}, sameLook)

const isTiny = (s: DocState) => s.level === 'tiny'

/** A step from far away: its name and how it stands. */
function TinyStep({ id, data, selected }: NodeProps<StepElement>) {
  const f = useFormat()
  const { assetId } = useWork()
  const state = useNodeState(assetId, id)
  const wrong = useDocPart(useCallback((s: DocState) => s.facts?.problems[id]?.some((p) => p.severity === 'error') ?? false, [id]))
  const title = f.words(data.node.label) || (data.signature ? f.words(data.signature.title) : data.node.component.name)
  const classes = [css.tiny, selected && css.tinySelected, state && css[`tiny-${state.state}`], (wrong || !data.signature) && css.tinyWrong].filter(Boolean).join(' ')
  // React Flow looks for the ends of lines in the page: these are there, and no more than that.
  const ports = (all: Port[], type: 'target' | 'source') =>
    all.map((port, index) => <i key={port.name} className={`${type} ${css.end}`} data-handleid={port.name} data-nodeid={id} data-handlepos={type === 'target' ? 'left' : 'right'} style={{ top: portY(index, all.length) - HANDLE / 2 }} />)
  return (
    <div className={classes}>
      {title}
      {data.signature && ports(data.signature.inputs, 'target')}
      {data.signature && ports(data.signature.outputs, 'source')}
    </div>
  )
}

function FullStep({ id, data, selected, draggable }: NodeProps<StepElement>) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const { assetId } = useWork()
  const { node, signature } = data
  const known = useNodeState(assetId, id)
  const stale = useStale(assetId, id)
  // What is out of date is that before anything else; what goes on or failed now is seen first.
  const state: NodeState | undefined = stale && known && (known.state === 'succeeded' || known.state === 'waiting') ? { ...known, state: 'stale' } : known
  const problems = useDocPart(useCallback((s: DocState) => s.facts?.problems[id], [id]))
  const watched = useDocPart(useCallback((s: DocState) => s.people.find((p) => p.selected.includes(id)), [id]))
  const Icon = signature ? CATEGORY_ICON[signature.category] : TriangleAlert
  const title = f.words(node.label) || (signature ? f.words(signature.title) : node.component.name)
  const classes = [css.step, selected && css.selected, state && css[`is-${state.state}`], !signature && css.missing].filter(Boolean).join(' ')
  const share = state?.state === 'running' && state.progress?.total ? Math.min(1, state.progress.done / state.progress.total) : null
  return (
    <div className={classes} style={watched ? { ['--watch' as string]: personColour(watched.color) } : undefined} data-watched={watched ? watched.user.name : undefined}>
      <span className={css.icon} aria-hidden>
        <Icon size={17} strokeWidth={1.75} />
      </span>
      <div className={css.text}>
        <div className={css.title} title={title}>
          {title}
          {node.note && <StickyNote size={11} className={css.noteMark} aria-label={node.note} />}
        </div>
        <div className={css.sub}>
          <Sub data={data} state={state} />
        </div>
      </div>
      <StateMark state={state} />
      {problems && problems.length > 0 && <Badge problems={problems} />}
      <CommentMark id={id} />
      {share !== null && <span className={css.progress} style={{ transform: `scaleX(${share})` }} aria-hidden />}
      {signature?.inputs.map((port, index) => (
        <PortHandle key={port.name} node={id} port={port} input index={index} count={signature.inputs.length} connectable={draggable} />
      ))}
      {signature?.outputs.map((port, index) => (
        <PortHandle key={port.name} node={id} port={port} input={false} index={index} count={signature.outputs.length} connectable={draggable} />
      ))}
      {watched && (
        <span className={css.watcher} aria-hidden>
          {watched.user.name}
        </span>
      )}
      <span className="visually-hidden">{t(`state.${state?.state ?? 'waiting'}`)}</span>
    </div>
  )
}

/** Whether what was computed at a step no longer holds. */
function useStale(assetId: string, id: string): boolean {
  const { live } = useWork()
  return useQuery({ ...staleQuery(assetId), enabled: live, retry: false, select: useCallback((all: Stale) => all.nodes[id]?.mark === 'stale', [id]) }).data ?? false
}

export const personColour = (color: number | string): string => (typeof color === 'number' ? `var(--person-${((color % 8) + 8) % 8})` : color)

function Badge({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const error = problems.some((p) => p.severity === 'error')
  const Icon = error ? CircleAlert : Info
  return (
    <span className={error ? css.badge : `${css.badge} ${css.notice}`} title={problems.map((p) => f.words(p.message)).join('\n')}>
      <Icon size={13} role="img" aria-label={t('node.problems', { count: problems.length })} />
      {problems.length > 1 && problems.length}
    </span>
  )
}

/** Under the name: how the run stands, else what was set. */
function Sub({ data, state }: { data: StepElement['data']; state: NodeState | undefined }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const errorWords = useErrorWords()
  const asset = assetOf(data.node, data.signature)
  if (!data.signature) return <>{t('node.missing')}</>
  switch (state?.state) {
    case 'failed':
      return <span className={css.failText}>{state.error ? errorWords(state.error).brief : t('state.failed')}</span>
    case 'skipped':
      return <>{state.reason ? t(`reason.${state.reason}` as 'reason.upstream', { defaultValue: t('state.skipped') }) : t('state.skipped')}</>
    case 'cancelled':
      return <>{t('state.cancelled')}</>
    case 'running':
      return <span className={css.runText}>{state.progress ? `${t('state.running')} · ${state.progress.total ? f.percent(state.progress.done / state.progress.total, 0) : f.compact(state.progress.done)}` : t('state.running')}</span>
    case 'succeeded':
    case 'stale': {
      const rows = Object.values(state.rows)[0]
      const parts = [
        state.state === 'stale' ? t('state.stale') : null,
        rows === undefined ? null : t('node.rows', { count: rows, n: f.number(rows, 0) }),
        state.state === 'succeeded' && state.elapsed_ms && !state.cached ? f.duration(state.elapsed_ms) : null,
      ].filter(Boolean)
      return <span className="num">{parts.join(' · ')}</span>
    }
    default:
      return asset ? <Chosen asset={asset} more={asset.kind === 'component' ? summary(data.node, data.signature, f.words) : ''} /> : <>{summary(data.node, data.signature, f.words) || f.words(data.signature.title)}</>
  }
}

/** The name of what a step chooses, and what else was set. */
function Chosen({ asset: { kind, id }, more }: { asset: { kind: string; id: string }; more: string }) {
  const { t } = useTranslation('workflows')
  const { projectId } = useWork()
  const { data: name, isPending } = useQuery({ ...projectAssetsQuery(projectId, kind), select: (all) => all.find((a) => a.id === id)?.name })
  return <>{[name ?? (isPending ? '…' : t('panel.hiddenAsset')), more].filter(Boolean).join(' · ')}</>
}
