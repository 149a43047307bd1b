import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import type { FlowEdge, Frame, Note } from '@/api/workflow'
import { useDoc, useWorkflow } from '../store/document'
import type { CommandId, Commands } from '../store/useCommands'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { chosenNodes } from '../model/changes'
import { nodesIn } from '../model/frames'
import { Keys } from '../dialogs/Keys'
import { Panel } from './Inspector'
import { NameInput } from './NameInput'
import css from './Inspector.module.css'

export function EdgePanel({ id, edge }: { id: string; edge: FlowEdge }) {
  const { t } = useTranslation(['workflows', 'common'])
  const doc = useDoc()
  const title = useTitle()
  const { canEdit } = useWork()
  const end = (label: string, node: string, port: string) => (
    <li>
      <span className="faint" style={{ width: 40 }}>{label}</span>
      <Button type="link" size="small" style={{ padding: 0 }} onClick={() => doc.select([node])}>{title(node)}</Button>
      <span className="mono faint">{port}</span>
    </li>
  )
  return (
    <Panel title={t('panel.edge')}>
      <ul className={css.ports}>
        {end(t('panel.from'), edge.from.node, edge.from.port)}
        {end(t('panel.to'), edge.to.node, edge.to.port)}
      </ul>
      {canEdit && <div><Button size="small" danger onClick={() => { doc.edit([{ op: 'disconnect', id }]); doc.select([]) }}>{t('common:action.remove')}</Button></div>}
    </Panel>
  )
}

export function NotePanel({ id, note }: { id: string; note: Note }) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const { canEdit } = useWork()
  return (
    <Panel title={t('note.new')}>
      <Input.TextArea autoSize={{ minRows: 6, maxRows: 24 }} value={note.text} placeholder={t('note.placeholder')} aria-label={t('note.edit')} disabled={!canEdit} onChange={(event) => doc.edit([{ op: 'set_note_text', id, text: event.target.value }])} />
    </Panel>
  )
}

export function FramePanel({ id, frame, commands }: { id: string; frame: Frame; commands: Commands }) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { canEdit } = useWork()
  return (
    <Panel title={<NameInput key={id} value={frame.title} label={t('frame.title')} disabled={!canEdit} onChange={(title) => doc.edit([{ op: 'set_frame_title', id, title: title ?? '' }])} />}>
      <ul className={css.ports}>
        {nodesIn(w, id).map((node) => (
          <li key={node}>
            <Button type="link" size="small" style={{ padding: 0 }} onClick={() => doc.select([node])}>{title(node)}</Button>
          </li>
        ))}
      </ul>
      {canEdit && (
        <div className={css.actions}>
          <Button size="small" onClick={commands.fold.run}>{t(frame.folded ? 'frame.unfold' : 'frame.fold')}</Button>
          <Button size="small" onClick={commands.unframe.run}>{t('cmd.unframe')}</Button>
          <Button size="small" onClick={commands.package.run}>{t('cmd.package')}</Button>
        </div>
      )}
    </Panel>
  )
}

export function ManyPanel({ count, commands }: { count: number; commands: Commands }) {
  const { t } = useTranslation('workflows')
  const { canEdit, canRun } = useWork()
  const w = useWorkflow()
  const doc = useDoc()
  const some = chosenNodes(w, doc.store.get().selection).size > 1
  const ids: CommandId[] = ['layout', 'alignLeft', 'alignTop', 'spreadX', 'spreadY', 'package', 'frame', 'copy', 'duplicate', 'delete']
  return (
    <Panel title={t('panel.chosen', { count })}>
      <div className={css.actions} style={{ flexDirection: 'column', alignItems: 'stretch' }}>
        {canRun && <Line command={commands.runUntil} words="runUntil" />}
        {canEdit && ids.map((id) => <Line key={id} command={commands[id]} words={id === 'layout' && some ? 'layoutChosen' : id} />)}
      </div>
    </Panel>
  )
}

function Line({ command, words }: { command: Commands[CommandId]; words: CommandId | 'layoutChosen' }) {
  const { t } = useTranslation('workflows')
  return (
    <Button size="small" type="text" onClick={command.run} className={css.line}>
      <span>{t(`cmd.${words}`)}</span>
      {command.keys[0] && <Keys keys={command.keys[0]} />}
    </Button>
  )
}
