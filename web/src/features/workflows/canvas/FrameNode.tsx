import type { NodeProps } from '@xyflow/react'
import { ChevronsDownUp, ChevronsUpDown, Layers } from 'lucide-react'
import { memo, useMemo, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeState } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { groupStanding } from '../model/standing'
import { useDoc, useDocPart, useWorkflow, type DocState } from '../store/document'
import { turnFrames } from '../store/fold'
import { foldedHeight, type OuterPorts } from '../model/frames'
import { sameLook, type FrameElement } from './elements'
import css from './FrameNode.module.css'
import { PortHandle } from './PortHandle'
import { StateMark } from './StateMark'
import { Badge } from './StepNode'
import step from './StepNode.module.css'

/** A group of steps; folded it is one box. */
export const FrameNode = memo(function FrameNode({ id, data, selected, draggable }: NodeProps<FrameElement>) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const title = f.words(data.title)
  const fold = (event: MouseEvent) => {
    // A click on the group itself chooses it.
    event.stopPropagation()
    turnFrames(doc, [id])
  }
  const button = (
    <button type="button" className={`${css.fold} nodrag`} disabled={!draggable} aria-expanded={!data.folded} aria-label={f.named(t(data.folded ? 'frame.unfold' : 'frame.fold'), title)} onClick={fold}>
      {data.folded ? <ChevronsUpDown size={14} aria-hidden /> : <ChevronsDownUp size={14} aria-hidden />}
    </button>
  )
  if (data.folded)
    return (
      <Folded id={id} title={title} count={data.count} selected={selected}>
        {button}
        {data.ports && <Ports ports={data.ports} connectable={draggable} />}
      </Folded>
    )
  return (
    <div className={`${css.frame} ${selected ? css.selected : ''}`}>
      <div className={css.head}>
        <span className="ellipsis">{title}</span>
        {button}
      </div>
    </div>
  )
}, sameLook)

const standingOf = (s: DocState) => s.standing
const factsOf = (s: DocState) => s.facts
const NO_PROBLEMS = {}

/** A folded group: the worst of what is inside, in the marks and words of a step. */
function Folded({ id, title, count, selected, children }: { id: string; title: string; count: number; selected: boolean; children: ReactNode }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const w = useWorkflow()
  const standing = useDocPart(standingOf)
  const problems = useDocPart(factsOf)?.problems ?? NO_PROBLEMS
  const group = useMemo(() => groupStanding(w, id, standing, problems), [w, id, standing, problems])
  const { state, share } = group
  const inside = t('frame.folded', { count, n: f.number(count) })
  const how =
    state === null || state === 'succeeded' || state === 'waiting' ? null
    : state === 'running' ? `${t('state.running')} · ${f.percent(share ?? 0, 0)}`
    : t('frame.standing', { count: group.count, n: f.number(group.count), state: t(`state.${state}`).toLowerCase() })
  return (
    <div className={`${css.box} ${selected ? css.selected : ''}`} data-state={state ?? undefined}>
      <span className={css.icon} aria-hidden>
        <Layers size={17} strokeWidth={1.75} />
      </span>
      <div style={{ minWidth: 0, flex: 1 }}>
        <div className={css.boxTitle} title={title}>{title}</div>
        <div className={css.boxSub}>{inside}</div>
        {how !== null && <div className={`${css.boxSub} ${css.how}`}>{how}</div>}
      </div>
      {state !== null && <StateMark state={{ ...NOTHING_TOLD, state }} />}
      {children}
      {group.problems.length > 0 && <Badge problems={group.problems} />}
      {share !== null && <span className={step.progress} style={{ transform: `scaleX(${share})` }} aria-hidden />}
      <span className="visually-hidden">{t(`state.${state ?? 'waiting'}`)}</span>
    </div>
  )
}

/** A group was not itself run. */
const NOTHING_TOLD: NodeState = { state: 'waiting', cached: false, rows: {}, progress: null, started_at: null, finished_at: null, elapsed_ms: null, error: null, outputs: {}, curve: [] }

function Ports({ ports, connectable }: { ports: OuterPorts; connectable: boolean }) {
  const height = foldedHeight(ports)
  return (
    <>
      {([['inputs', true], ['outputs', false]] as const).map(([side, input]) =>
        ports[side].map(({ id, node, port, kind, label, of }, index) => (
          <PortHandle key={id} node={node} port={{ name: port, kind, label }} input={input} index={index} count={ports[side].length} connectable={connectable} outer={{ id, of, height }} />
        )),
      )}
    </>
  )
}
