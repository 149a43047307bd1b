import type { NodeProps } from '@xyflow/react'
import { ChevronsDownUp, ChevronsUpDown, Layers } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import { useDoc } from '../store/document'
import { foldedHeight, type OuterPorts } from '../model/frames'
import { sameLook, type FrameElement } from './elements'
import css from './FrameNode.module.css'
import { PortHandle } from './PortHandle'

/** A group of steps; folded it is one box. */
export const FrameNode = memo(function FrameNode({ id, data, selected, draggable }: NodeProps<FrameElement>) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const title = f.words(data.title)
  const fold = (
    <button type="button" className={`${css.fold} nodrag`} disabled={!draggable} aria-expanded={!data.folded} aria-label={f.named(t(data.folded ? 'frame.unfold' : 'frame.fold'), title)} onClick={() => doc.edit([{ op: 'fold_frame', id, folded: !data.folded }])}>
      {data.folded ? <ChevronsUpDown size={14} aria-hidden /> : <ChevronsDownUp size={14} aria-hidden />}
    </button>
  )
  if (data.folded)
    return (
      <div className={`${css.box} ${selected ? css.selected : ''}`}>
        <span className={css.icon} aria-hidden>
          <Layers size={17} strokeWidth={1.75} />
        </span>
        <div style={{ minWidth: 0, flex: 1 }}>
          <div className={css.boxTitle}>{title}</div>
          <div className={css.boxSub}>{t('frame.folded', { count: data.count, n: f.number(data.count) })}</div>
        </div>
        {fold}
        {data.ports && <Ports ports={data.ports} connectable={draggable} />}
      </div>
    )
  return (
    <div className={`${css.frame} ${selected ? css.selected : ''}`}>
      <div className={css.head}>
        <span className="ellipsis">{title}</span>
        {fold}
      </div>
    </div>
  )
}, sameLook)

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
