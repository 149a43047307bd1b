import { Button } from 'antd'
import { Minus, PanelLeftOpen, Plus, RefreshCw, Scan, Table2, TriangleAlert } from 'lucide-react'
import { useReactFlow, useViewport } from '@xyflow/react'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { staleQuery } from '@/api/schedules'
import type { WorkflowDetail } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { useParam, useSetParams } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { Canvas } from './canvas/Canvas'
import { canvasColours } from './canvas/kinds'
import { BringDialog } from './bring/BringDialog'
import { HelpSheet } from './dialogs/HelpSheet'
import { RunWith } from './dialogs/RunWith'
import { SaveVersion } from './dialogs/SaveVersion'
import { Versions } from './dialogs/Versions'
import { PublishDialog } from './apps/PublishDialog'
import { PackageDialog } from './package/PackageDialog'
import { Palette } from './palette/Palette'
import { QuickAdd } from './palette/QuickAdd'
import { ConnectPicker } from './palette/ConnectPicker'
import { CommentsPanel } from './comments/CommentsPanel'
import { SchedulePanel } from './schedule/SchedulePanel'
import { DeclarePanel } from './outside/DeclarePanel'
import { Inspector } from './panel/Inspector'
import { Results } from './results/Results'
import { useDoc, useDocPart, useWorkflow, type DocState } from './store/document'
import { useFacts } from './store/facts'
import { useLiveStates } from './store/runs'
import { useStandings } from './store/standing'
import { useCommands, type Commands } from './store/useCommands'
import { useKeyboard } from './store/useKeyboard'
import { useRunActions } from './store/useRunActions'
import { useGone } from './store/useGone'
import { useReveal } from './store/useReveal'
import { useWork } from './store/work'
import { Toolbar } from './Toolbar'
import css from './Workspace.module.css'

const dialogOf = (s: DocState) => s.dialog
const paletteOf = (s: DocState) => s.palette
const heightOf = (s: DocState) => s.resultsHeight
const versionOf = (s: DocState) => s.version
const factsOf = (s: DocState) => s.facts

/** The canvas with everything around it. */
export function Workspace({ detail, old }: { detail: WorkflowDetail; old: boolean }) {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const { assetId, projectId, canDraw } = useWork()
  const narrow = useNarrow()
  const mode = useThemeMode()
  const commands = useCommands()
  const dialog = useDocPart(dialogOf)
  const palette = useDocPart(paletteOf)
  const [wanted] = useParam('panel')
  const panel = old ? '' : wanted
  const [side] = useParam('side')
  const height = useDocPart(heightOf)
  useFacts(projectId)
  useLiveStates(assetId)
  useStandings(assetId)
  useKeyboard(commands)
  useGone()
  useAddress()
  useReveal(panel ? height + 20 : 0)
  useNewVersions(assetId)
  const close = () => doc.store.set({ dialog: null })
  return (
    <div className={css.space} style={canvasColours(mode)}>
      <Toolbar detail={detail} commands={commands} />
      {old && (
        <div className={css.notice} role="note">
          {t('bar.old', { seq: detail.seq })}
          <AppLink href={urls.workflow(projectId, assetId)}>{t('bar.toDraft')}</AppLink>
        </div>
      )}
      <div className={css.work} data-palette={canDraw && palette && !panel ? '' : undefined} style={panel ? { ['--above' as string]: `${height + 20}px` } : undefined}>
        <Canvas />
        <Empty commands={commands} />
        {canDraw && palette && !panel && <Palette />}
        {canDraw && !palette && !panel && <Button className={css.showPalette} size="small" icon={<PanelLeftOpen size={15} />} onClick={commands.palette.run}>{t('palette.show')}</Button>}
        {!panel && <Corner commands={commands} />}
        {!(narrow && panel) && (side && !old ? <Side side={side} /> : <Inspector commands={commands} />)}
        <Results commands={commands} />
        <QuickAdd />
        {dialog === 'connect' && <ConnectPicker />}
      </div>
      {dialog === 'package' && <PackageDialog onClose={close} />}
      {dialog === 'publish' && <PublishDialog onClose={close} />}
      {dialog === 'bring' && <BringDialog onClose={close} />}
      {dialog === 'run' && <RunWith onClose={close} />}
      {dialog === 'help' && <HelpSheet commands={commands} onClose={close} />}
      {dialog === 'save' && <SaveVersion onClose={close} />}
      {dialog === 'versions' && <Versions onClose={close} />}
    </div>
  )
}

/** A panel that is about the workflow as a whole. */
function Side({ side }: { side: string }) {
  return side === 'declare' ? <DeclarePanel /> : side === 'schedule' ? <SchedulePanel /> : side === 'comments' ? <CommentsPanel /> : null
}

function Empty({ commands }: { commands: Commands }) {
  const { t } = useTranslation('workflows')
  const w = useWorkflow()
  const { canDraw } = useWork()
  if (Object.keys(w.nodes).length + Object.keys(w.notes ?? {}).length > 0) return null
  return (
    <div className={css.empty}>
      <h2>{t('canvas.empty')}</h2>
      {canDraw && (
        <>
          <p className="soft">{t('canvas.emptyText')}</p>
          <Button type="primary" icon={<Plus size={15} />} onClick={commands.add.run}>{t('canvas.addFirst')}</Button>
        </>
      )}
    </div>
  )
}

/** Zoom, and what stands against running. */
function Corner({ commands }: { commands: Commands }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const { zoom } = useViewport()
  const [, setPanel] = useParam('panel')
  const { live } = useWork()
  return (
    <>
      <div className={css.foot}>
        {live && <Button size="small" icon={<Table2 size={14} />} onClick={() => setPanel('rows')}>{t('results.show')}</Button>}
        <OutOfDate />
        <Problems />
      </div>
      <div className={css.corner}>
        <Button size="small" type="text" icon={<Minus size={15} />} aria-label={t('cmd.zoomOut')} onClick={commands.zoomOut.run} />
        <Button size="small" type="text" className="num" style={{ width: 54 }} aria-label={t('cmd.zoomOne')} onClick={commands.zoomOne.run}>{f.percent(zoom, 0)}</Button>
        <Button size="small" type="text" icon={<Plus size={15} />} aria-label={t('cmd.zoomIn')} onClick={commands.zoomIn.run} />
        <Button size="small" type="text" icon={<Scan size={15} />} aria-label={t('cmd.fit')} title={t('cmd.fit')} onClick={commands.fit.run} />
      </div>
    </>
  )
}

/** How much is out of date, and a way to bring it up to date; what still holds is not computed again. */
function OutOfDate() {
  const { t } = useTranslation('schedules')
  const { assetId, live, canRun } = useWork()
  const actions = useRunActions()
  const count = useQuery({ ...staleQuery(assetId), enabled: live, retry: false, select: (all) => Object.values(all.nodes).filter((n) => n.mark === 'stale').length }).data ?? 0
  if (count === 0 || !canRun) return null
  return (
    <Button size="small" icon={<RefreshCw size={13} />} onClick={() => actions.start({})} title={t('stale.refreshAll')}>
      {t('stale.count', { count })}
    </Button>
  )
}

/** The number of problems; pressing it goes from one to the next. */
function Problems() {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const flow = useReactFlow()
  const facts = useDocPart(factsOf)
  const w = useWorkflow()
  const nodes = useMemo(() => Object.keys(facts?.problems ?? {}).filter((id) => w.nodes[id] && facts?.problems[id]?.some((p) => p.severity === 'error')), [facts, w])
  const count = nodes.reduce((sum, id) => sum + (facts?.problems[id]?.filter((p) => p.severity === 'error').length ?? 0), 0)
  if (count === 0) return null
  const next = () => {
    const now = [...doc.store.get().selection][0]
    const id = nodes[(nodes.indexOf(now ?? '') + 1) % nodes.length]
    const at = id === undefined ? undefined : w.nodes[id]?.position
    if (id === undefined || !at) return
    doc.select([id])
    void flow.setCenter(at.x + 200, at.y + 38, { zoom: Math.max(0.8, Math.min(1, flow.getZoom())), duration: 200 })
  }
  return (
    <Button size="small" danger icon={<TriangleAlert size={14} />} onClick={next}>
      {t('bar.problems', { count })}
    </Button>
  )
}

/** The step that is chosen is part of the address. */
function useAddress() {
  const doc = useDoc()
  const set = useSetParams()
  const [node] = useParam('node')
  useEffect(() => {
    if (node && doc.workflow().nodes[node] && !doc.store.get().selection.has(node)) doc.select([node])
    let told = node
    return doc.store.subscribe(() => {
      const { selection } = doc.store.get()
      const only = selection.size === 1 ? [...selection][0] : undefined
      const id = only !== undefined && doc.workflow().nodes[only] ? only : ''
      if (id === told) return
      told = id
      set({ node: id || undefined })
    })
    // Read once: from then on the address follows.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [doc, set])
}

/** Somebody saved a version: what lists them is asked again. */
function useNewVersions(assetId: string) {
  const client = useQueryClient()
  const version = useDocPart(versionOf)
  useEffect(() => {
    if (version !== null) for (const queryKey of [keys.asset(assetId), keys.workflow(assetId)]) void client.invalidateQueries({ queryKey })
  }, [client, assetId, version])
}
