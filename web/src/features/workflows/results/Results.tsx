import { Button, Segmented } from 'antd'
import { ChevronDown, Play } from 'lucide-react'
import { useRef, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { PortKind } from '@/api/workflow'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { Tabs } from '@/components/Tabs'
import { componentId } from '../model/connect'
import { useDoc, useDocPart, useSelected, useWorkflow, type DocState } from '../store/document'
import { useStanding } from '../store/standing'
import type { Commands } from '../store/useCommands'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { ChartView } from './ChartView'
import { ColumnsView } from './ColumnsView'
import { LogView } from './LogView'
import { OutputView } from './OutputView'
import css from './Results.module.css'

const heightOf = (s: DocState) => s.resultsHeight

export type Tab = 'rows' | 'columns' | 'chart' | 'log'

/** What comes out of the chosen step: rows, columns, a picture of them, a report, a model, and what happened. */
export function Results({ commands }: { commands: Commands }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const { catalog, live } = useWork()
  const w = useWorkflow()
  const id = useSelected()
  const title = useTitle()
  const [panel, setPanel] = useParam('panel')
  const [wanted, setPort] = useParam('port')
  const doc = useDoc()
  const height = useDocPart(heightOf)
  const setHeight = (next: number) => doc.store.set({ resultsHeight: Math.max(150, Math.min(window.innerHeight - 180, next)) })
  const start = useRef<{ y: number; height: number } | null>(null)
  const node = id === null ? undefined : w.nodes[id]
  const outputs = (node && catalog.get(componentId(node.component))?.outputs) ?? []
  const port = outputs.find((p) => p.name === wanted) ?? outputs[0]
  const state = useStanding(id ?? '')
  if (!panel || !live) return null
  const resize = (event: PointerEvent) => {
    if (!start.current) return
    setHeight(start.current.height + start.current.y - event.clientY)
  }
  const kind: PortKind = port?.kind ?? 'table'
  const tabs = [
    ...(node && !port ? [] : [{ key: 'rows', label: t(kind === 'table' ? 'results.rows' : `results.${kind}`) }]),
    ...(kind === 'table' ? [{ key: 'columns', label: t('results.columns') }, { key: 'chart', label: t('results.chart') }] : []),
    { key: 'log', label: t('results.log') },
  ]
  const tab = (tabs.some((x) => x.key === panel) ? panel : port || !node ? 'rows' : 'log') as Tab
  const stamp = `${state?.state ?? ''} ${state?.finished_at ?? ''}`
  return (
    <section className={css.results} style={{ height }} aria-label={t('results.title')}>
      <div
        className={css.resize}
        role="separator"
        aria-orientation="horizontal"
        aria-label={t('results.resize')}
        aria-valuenow={height}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') setHeight(height + 24)
          else if (event.key === 'ArrowDown') setHeight(height - 24)
          else return
          event.preventDefault()
        }}
        onPointerDown={(event) => {
          start.current = { y: event.clientY, height }
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={resize}
        onPointerUp={() => (start.current = null)}
      />
      <header className={css.head}>
        <Tabs size="small" activeKey={tab} onChange={setPanel} items={tabs} className={css.tabs} />
        <span className={`${css.name} ellipsis`}>{id !== null && node ? title(id) : ''}</span>
        {outputs.length > 1 && port && <Segmented size="small" options={outputs.map((p) => ({ value: p.name, label: f.words(p.label) }))} value={port.name} onChange={(value) => setPort(String(value))} aria-label={t('results.port')} />}
        <Button size="small" type="text" icon={<ChevronDown size={16} />} aria-label={t('results.hide')} onClick={() => setPanel('')} />
      </header>
      <div className={css.body}>
        {id === null || !node ? (
          <p className={css.none}>{t('results.pick')}</p>
        ) : tab === 'log' || !port ? (
          <LogView id={id} />
        ) : tab === 'columns' ? (
          <ColumnsView key={`${id} ${port.name}`} id={id} port={port.name} stamp={stamp} run={<RunHere commands={commands} />} />
        ) : tab === 'chart' ? (
          <ChartView id={id} port={port.name} stamp={stamp} run={<RunHere commands={commands} />} />
        ) : (
          <OutputView key={`${id} ${port.name}`} id={id} port={port.name} stamp={stamp} run={<RunHere commands={commands} />} />
        )}
      </div>
    </section>
  )
}

function RunHere({ commands }: { commands: Commands }) {
  const { t } = useTranslation('workflows')
  const { canRun } = useWork()
  if (!canRun) return null
  return (
    <Button size="small" type="primary" icon={<Play size={13} />} onClick={commands.runUntil.run}>
      {t('cmd.runUntil')}
    </Button>
  )
}
