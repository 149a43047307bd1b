import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown, Tooltip, type MenuProps } from 'antd'
import { AlignHorizontalDistributeCenter, ChevronDown, CircleStop, Ellipsis, Eye, CalendarClock, History, Keyboard, MessageSquare, SlidersHorizontal, Play, Plus, Redo2, Save, StickyNote, Undo2 } from 'lucide-react'
import { useCallback, useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { statesQuery, type WorkflowDetail } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { AskAccess } from '@/components/AskAccess'
import { Tag } from '@/components/bits'
import { urls } from '@/lib/urls'
import { useNarrow } from '@/lib/useMedia'
import { Keys } from './dialogs/Keys'
import { useActiveRun } from './store/runs'
import type { CommandId, Commands } from './store/useCommands'
import { useDocPart, useWorkflow, type DocState } from './store/document'
import { useWork } from './store/work'
import { personColour } from './canvas/StepNode'
import { chosenNodes } from './model/changes'
import { waiting } from './model/session'
import { LeftMark } from './LeftMark'
import { SyncMark } from './SyncMark'
import css from './Toolbar.module.css'

const canUndo = (s: DocState) => s.history.undo.length > 0
const canRedo = (s: DocState) => s.history.redo.length > 0
const chosen = (s: DocState) => s.selection.size
const people = (s: DocState) => s.people
const selectionOf = (s: DocState) => s.selection

/** Names the document and holds what one reaches for all the time. */
export function Toolbar({ detail, commands }: { detail: WorkflowDetail; commands: Commands }) {
  const { t } = useTranslation(['workflows', 'common'])
  const { assetId, projectId, name, canDraw, canEdit, canRun, live } = useWork()
  const narrow = useNarrow()
  const undo = useDocPart(canUndo)
  const redo = useDocPart(canRedo)
  const some = useDocPart(chosen) > 0
  return (
    <header className={css.bar}>
      <nav className={css.where}>
        <AppLink href={urls.workflows(projectId)}>{t('title')}</AppLink>
        <span className="faint">/</span>
        <h1 className="ellipsis" title={name}>{name}</h1>
        {!narrow && <VersionMark detail={detail} />}
        {canEdit && <SyncMark />}
        {live && !canEdit && (
          <>
            <LeftMark />
            <span className="nowrap" title={t('bar.readonly')}>
              <Tag>
                <Eye size={12} aria-hidden /> {t('bar.viewOnly')}
              </Tag>
            </span>
            <AskAccess assetId={assetId} action="edit" aside bare={narrow} />
          </>
        )}
      </nav>
      {canDraw && (
        <div className={css.tools}>
          <Tooltip title={<>{t('cmd.add')} <Keys keys="/" /></>}>
            <Button size="small" icon={<Plus size={15} />} onClick={commands.add.run}>
              {t('cmd.insert')}
            </Button>
          </Tooltip>
          <Tool command={commands.note} icon={<StickyNote size={16} />} label={t('cmd.note')} />
          <Arrange commands={commands} />
          <span className={css.gap} />
          <Tool command={commands.undo} icon={<Undo2 size={16} />} label={t('cmd.undo')} disabled={!undo} />
          <Tool command={commands.redo} icon={<Redo2 size={16} />} label={t('cmd.redo')} disabled={!redo} />
        </div>
      )}
      <div className={css.right}>
        <Faces />
        {!narrow && <Tool command={commands.help} icon={<Keyboard size={16} />} label={t('cmd.help')} />}
        {!narrow && <Tool command={commands.declare} icon={<SlidersHorizontal size={16} />} label={t('cmd.declare')} />}
        {!narrow && live && <Tool command={commands.schedule} icon={<CalendarClock size={16} />} label={t('cmd.schedule')} />}
        {!narrow && live && <Tool command={commands.comments} icon={<MessageSquare size={16} />} label={t('cmd.comments')} />}
        {!narrow && <Tool command={commands.versions} icon={<History size={16} />} label={t('cmd.versions')} />}
        {canDraw && (
          <Button size="small" icon={<Save size={14} />} onClick={commands.save.run}>
            {t('cmd.save')}
          </Button>
        )}
        {live && !narrow && <More commands={commands} ids={canDraw ? ['package', 'publish', 'declare', '-', 'notebook', 'bring', 'file'] : ['notebook', 'file']} />}
        {canRun && <RunButton commands={commands} some={some} />}
        {narrow && <More commands={commands} ids={['schedule', 'comments', 'versions', 'fit', 'runUntil', 'runAgain', 'notebook', 'file']} />}
      </div>
    </header>
  )
}

function Tool({ command, icon, label, disabled }: { command: Commands[CommandId]; icon: ReactNode; label: string; disabled?: boolean }) {
  return (
    <Tooltip title={<>{label} {command.keys[0] && <Keys keys={command.keys[0]} />}</>}>
      <Button size="small" type="text" icon={icon} aria-label={label} disabled={disabled} onClick={command.run} />
    </Tooltip>
  )
}

function useMenu(commands: Commands, ids: (CommandId | '-')[], some = false): MenuProps {
  const { t } = useTranslation('workflows')
  return useMemo(
    () => ({
      items: ids.map((id, index) =>
        id === '-' ? { key: index, type: 'divider' as const } : { key: id, label: <span className={css.menuLine}>{t(`cmd.${id === 'layout' && some ? 'layoutChosen' : id}`)}{commands[id].keys[0] && <Keys keys={commands[id].keys[0]} />}</span> },
      ),
      onClick: ({ key }) => commands[key as CommandId]?.run(),
    }),
    // The ids of a menu never change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [commands, t, some],
  )
}

function Arrange({ commands }: { commands: Commands }) {
  const { t } = useTranslation('workflows')
  const w = useWorkflow()
  const part = useDocPart(selectionOf)
  const some = chosenNodes(w, part).size > 1
  const menu = useMenu(commands, ['layout', '-', 'alignLeft', 'alignCenter', 'alignRight', 'alignTop', 'alignMiddle', 'alignBottom', '-', 'spreadX', 'spreadY', '-', 'frame', 'unframe', 'fold', '-', 'package'], some)
  return (
    <Dropdown menu={menu} trigger={['click']}>
      <Button size="small" type="text" icon={<AlignHorizontalDistributeCenter size={16} />} aria-label={t('cmd.arrange')} title={t('cmd.arrange')}>
        <ChevronDown size={12} aria-hidden />
      </Button>
    </Dropdown>
  )
}

function More({ commands, ids }: { commands: Commands; ids: (CommandId | '-')[] }) {
  const { t } = useTranslation('workflows')
  const menu = useMenu(commands, ids)
  return (
    <Dropdown menu={menu} trigger={['click']}>
      <Button size="small" type="text" icon={<Ellipsis size={17} />} aria-label={t('bar.more')} />
    </Dropdown>
  )
}

function RunButton({ commands, some }: { commands: Commands; some: boolean }) {
  const { t } = useTranslation('workflows')
  const { assetId } = useWork()
  const run = useActiveRun(assetId)
  const running = useQuery(statesQuery(assetId)).data?.run_id
  const menu = useMenu(commands, ['runWith', 'runUntil', 'runAgain'])
  if (run || running)
    return (
      <span className={css.running}>
        {run?.progress?.total ? <span className="small soft num">{t('run.progress', { done: run.progress.done, total: run.progress.total })}</span> : null}
        <Button size="small" danger icon={<CircleStop size={14} />} onClick={commands.stop.run}>
          {t('cmd.stop')}
        </Button>
      </span>
    )
  return (
    <span className={css.run}>
      <Button size="small" type="primary" icon={<Play size={13} />} onClick={commands.run.run}>
        {t('cmd.run')}
      </Button>
      <Dropdown menu={{ ...menu, items: menu.items?.map((item) => (item?.key === 'runUntil' ? { ...item, disabled: !some } : item)) as MenuProps['items'] }} trigger={['click']} placement="bottomRight">
        <Button size="small" type="primary" icon={<ChevronDown size={13} />} aria-label={t('bar.more')} />
      </Dropdown>
    </span>
  )
}

function VersionMark({ detail }: { detail: WorkflowDetail }) {
  const { t } = useTranslation('workflows')
  const edited = useDocPart(useCallback((s: DocState) => s.session.revision > detail.revision || waiting(s.session) > 0, [detail.revision]))
  if (!detail.asset.latest) return <Tag>{t('bar.draft')}</Tag>
  return detail.changed || edited ? <span className="small faint nowrap">{t('bar.changed', { seq: detail.asset.latest.seq })}</span> : <Tag tone="good">{t('bar.same', { seq: detail.asset.latest.seq })}</Tag>
}

function Faces() {
  const { t } = useTranslation('workflows')
  const all = useDocPart(people)
  const names = [...new Map(all.map((p) => [p.user.id, p])).values()]
  if (names.length === 0) return null
  return (
    <span className={css.faces} role="img" aria-label={t('bar.people', { names: names.map((p) => p.user.name).join(', ') })}>
      {names.slice(0, 4).map((p) => (
        <Tooltip key={p.client} title={p.user.name}>
          <span className={css.face} style={{ background: `color-mix(in srgb, ${personColour(p.color)} 35%, var(--ground))` }}>{[...p.user.name][0]?.toUpperCase()}</span>
        </Tooltip>
      ))}
    </span>
  )
}
