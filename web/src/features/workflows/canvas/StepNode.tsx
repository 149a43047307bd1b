import type { NodeProps } from '@xyflow/react'
import { CircleAlert, Info, StickyNote, TriangleAlert } from 'lucide-react'
import { memo, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeState, Port, Problem, Signature } from '@/api/workflow'
import { useErrorWords } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import { rowsTold } from '../model/standing'
import { assetOf, summary } from '../model/summary'
import { AssetName } from '../store/AssetName'
import { useDocPart, type DocState } from '../store/document'
import { useStanding } from '../store/standing'
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
  const state = useStanding(id)
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
  const { node, signature } = data
  const state = useStanding(id)
  const problems = useDocPart(useCallback((s: DocState) => s.facts?.problems[id], [id]))
  const watched = useDocPart(useCallback((s: DocState) => s.people.find((p) => p.selected.includes(id)), [id]))
  const Icon = signature ? CATEGORY_ICON[signature.category] : TriangleAlert
  const title = f.words(node.label) || (signature ? f.words(signature.title) : node.component.name)
  const classes = [css.step, selected && css.selected, state && css[`is-${state.state}`], !signature && css.missing].filter(Boolean).join(' ')
  const share = state?.state === 'running' && state.progress?.total ? Math.min(1, state.progress.done / state.progress.total) : null
  return (
    <div className={classes} style={watched ? { ['--watch' as string]: personColour(watched.color) } : undefined} data-watched={watched ? watched.user.name : undefined} data-near={data.near || undefined}>
      <span className={css.icon} aria-hidden>
        <Icon size={17} strokeWidth={1.75} />
      </span>
      <div className={css.text}>
        <div className={css.title} title={title}>
          {title}
          {node.note && <StickyNote size={11} className={css.noteMark} aria-label={node.note} />}
        </div>
        <Sub data={data} state={state} />
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

export const personColour = (color: number | string): string => (typeof color === 'number' ? `var(--person-${((color % 8) + 8) % 8})` : color)

export function Badge({ problems }: { problems: Problem[] }) {
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

/** Under the name: what was set, and how it stands. */
function Sub({ data, state }: { data: StepElement['data']; state: NodeState | undefined }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  if (!data.signature) return <div className={css.sub}>{t('node.missing')}</div>
  const asset = assetOf(data.node, data.signature)
  const said = asset && asset.kind !== 'component' ? '' : summary(data.node, data.signature, f.words)
  // A step that goes by its component's name needn't say it twice.
  const settings = said || (!asset && data.node.label ? f.words(data.signature.title) : '')
  return (
    <>
      {(asset || settings) && (
        <div className={css.sub}>
          {asset && <AssetName kind={asset.kind} id={asset.id} />}
          {asset && settings && ' · '}
          {settings}
        </div>
      )}
      <Status signature={data.signature} state={state} />
    </>
  )
}

/** How it stands, in a line; nothing where nothing was run. */
function Status({ signature, state }: { signature: Signature; state: NodeState | undefined }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const errorWords = useErrorWords()
  const rows = rowsTold(signature, state?.rows ?? {})
  const counted = rows.length > 0 ? t('node.rows', { count: rows.reduce((sum, n) => sum + n, 0), n: rows.map((n) => f.number(n, 0)).join(' + ') }) : null
  switch (state?.state) {
    case 'failed':
      return <div className={`${css.sub} ${css.failText}`}>{state.error ? errorWords(state.error).brief : t('state.failed')}</div>
    case 'skipped':
      return <div className={css.sub}>{state.reason ? t(`reason.${state.reason}` as 'reason.upstream', { defaultValue: t('state.skipped') }) : t('state.skipped')}</div>
    case 'cancelled':
      return <div className={css.sub}>{t('state.cancelled')}</div>
    case 'running':
      return <div className={`${css.sub} ${css.runText}`}>{state.progress ? `${t('state.running')} · ${state.progress.total ? f.percent(state.progress.done / state.progress.total, 0) : f.compact(state.progress.done)}` : t('state.running')}</div>
    case 'succeeded':
    case 'stale': {
      const stale = state.state === 'stale'
      const parts = [stale ? t('state.stale') : null, counted, !stale && state.elapsed_ms && !state.cached ? f.duration(state.elapsed_ms) : null].filter(Boolean)
      return parts.length > 0 ? <div className={`${css.sub} num`}>{parts.join(' · ')}</div> : null
    }
    default:
      return null
  }
}
