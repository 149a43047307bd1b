import { Button } from 'antd'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Readable } from '@/components/Readable'
import { useDoc, useDocPart, useSelected, useWorkflow, type DocState } from '../store/document'
import type { Commands } from '../store/useCommands'
import { useWork } from '../store/work'
import { EdgePanel, FramePanel, ManyPanel, NotePanel } from './ElementPanels'
import css from './Inspector.module.css'
import { StepPanel } from './StepPanel'

const count = (s: DocState) => s.selection.size

/** What is chosen, closely. */
export function Inspector({ commands }: { commands: Commands }) {
  const w = useWorkflow()
  const id = useSelected()
  const chosen = useDocPart(count)
  if (chosen === 0) return null
  if (id === null) return <ManyPanel commands={commands} count={chosen} />
  const node = w.nodes[id]
  if (node) return <StepPanel key={id} id={id} node={node} commands={commands} />
  const edge = w.edges[id]
  if (edge) return <EdgePanel key={id} id={id} edge={edge} />
  const note = w.notes?.[id]
  if (note) return <NotePanel key={id} id={id} note={note} />
  const frame = w.frames?.[id]
  if (frame) return <FramePanel key={id} id={id} frame={frame} commands={commands} />
  return null
}

/** The panel itself: what it is about, and a way to close it. */
export function Panel({ title, icon, tabs, children, label, onClose }: { title: ReactNode; icon?: ReactNode; tabs?: ReactNode; children: ReactNode; label?: string; onClose?: () => void }) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const { canEdit } = useWork()
  return (
    <aside className={css.panel} data-inspector aria-label={label ?? t('panel.settings')}>
      <header className={css.head}>
        {icon && <span className={css.icon}>{icon}</span>}
        <div className={css.title}>{canEdit ? title : <Readable>{title}</Readable>}</div>
        <Button size="small" type="text" icon={<X size={16} />} aria-label={t('panel.close')} onClick={onClose ?? (() => doc.select([]))} />
      </header>
      {tabs}
      <div className={css.body}>{canEdit ? children : <Readable>{children}</Readable>}</div>
    </aside>
  )
}
