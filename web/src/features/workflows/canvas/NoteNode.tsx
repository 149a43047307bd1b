import { NodeResizer, type NodeProps } from '@xyflow/react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Markdown } from '@/components/Markdown'
import { useDoc } from '../store/document'
import { sameLook, type NoteElement } from './elements'
import css from './NoteNode.module.css'

/** Words on the canvas. Double-click or Enter writes. */
export const NoteNode = memo(function NoteNode({ id, data, selected, draggable }: NodeProps<NoteElement>) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const [writing, setWriting] = useState(false)
  return (
    <div className={`${css.note} ${selected ? css.selected : ''}`} onDoubleClick={() => draggable && setWriting(true)}>
      {draggable && (
        <NodeResizer
          isVisible={selected}
          minWidth={120}
          minHeight={48}
          lineClassName={css.resizeLine}
          handleClassName={css.resizeHandle}
          onResizeEnd={(_, size) => doc.edit([{ op: 'move_note', id, position: { x: Math.round(size.x), y: Math.round(size.y) }, size: { width: Math.round(size.width), height: Math.round(size.height) } }])}
        />
      )}
      {writing ? (
        <textarea
          className={`${css.write} nodrag nowheel nopan`}
          defaultValue={data.text}
          autoFocus
          aria-label={t('note.edit')}
          placeholder={t('note.placeholder')}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) event.currentTarget.blur()
          }}
          onBlur={(event) => {
            setWriting(false)
            doc.edit([{ op: 'set_note_text', id, text: event.currentTarget.value }])
          }}
        />
      ) : (
        <div className={css.words}>
          {data.text ? <Markdown text={data.text} /> : <span className="faint">{t('note.placeholder')}</span>}
        </div>
      )}
    </div>
  )
}, sameLook)
