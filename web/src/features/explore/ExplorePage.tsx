import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Dropdown, Input, Segmented, Select, Spin } from 'antd'
import { ChevronDown, ChevronRight, Download, History, Play, Square, Table2 } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { rawFetch, ApiError } from '@/api/client'
import { catalogQuery, useProject } from '@/api/queries'
import type { CatalogTable } from '@/api/types'
import { Ago, Kbd, Tag, TypeName } from '@/components/bits'
import { ErrorBody } from '@/components/ErrorBody'
import { DataGrid } from '@/components/grid/DataGrid'
import { NoRight } from '@/components/NoRight'
import { FullPage, Page } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { LargerScreen, Loading } from '@/components/states'
import { useErrorWords } from '@/components/useErrorText'
import { useMutate } from '@/components/useMutate'
import { can } from '@/lib/rights'
import { useParam, useProjectId, useSetParams } from '@/lib/router'
import { saveAs } from '@/lib/save'
import { quoteName } from '@/lib/sql'
import { useFormat } from '@/lib/useFormat'
import { useNarrow } from '@/lib/useMedia'
import { errorLine } from './errorPlace'
import css from './Explore.module.css'
import type { Asked } from './history'
import { ResultChart } from './ResultChart'
import type { SqlEditorHandle } from './SqlEditor'
import { useQueryRun, type QueryState } from './useQueryRun'

const SqlEditor = lazy(() => import('./SqlEditor').then((m) => ({ default: m.SqlEditor })))
const LIMITS = [1_000, 10_000, 100_000, 1_000_000]
const EXPORTS = ['csv', 'parquet', 'arrow', 'ndjson'] as const

export function ExplorePage() {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const narrow = useNarrow()
  const projectId = useProjectId()
  const project = useProject(projectId)
  if (!project.data) return <Loading />
  if (!can(project.data, 'writeCode')) return <NoRight ability="writeCode" />
  if (narrow)
    return (
      <Page title={t('title')}>
        <LargerScreen nothing />
      </Page>
    )
  return <Explore key={projectId} projectId={projectId} />
}

function Explore({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const setParams = useSetParams()
  const editor = useRef<SqlEditorHandle>(null)
  const [sql] = useParam('sql')
  const [initial] = useState(sql)
  const [limitText, setLimit] = useParam('limit', '100000')
  const limit = LIMITS.includes(Number(limitText)) ? Number(limitText) : 100_000
  const [view, setView] = useParam('view', 'table')
  const [height, setHeight] = useState(240)
  const [showPast, setShowPast] = useState(false)
  const catalog = useQuery(catalogQuery(projectId))
  const { state, run, stop, past } = useQueryRun(projectId, limit)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const errorWords = useErrorWords()
  const problem = state.step === 'failed' ? errorWords(state.error) : null
  const wrongLine = problem && state.step === 'failed' ? errorLine(state.error instanceof Error ? state.error.message : '', state.sql) : null
  useEffect(() => () => clearTimeout(timer.current), [])
  const remember = (text: string) => {
    // The address follows what is written, but not each letter of it.
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setParams({ sql: text }), 400)
  }
  const start = () => void run(editor.current?.text() ?? '')
  const running = state.step === 'running'
  const rows = state.step === 'running' || state.step === 'done' || state.step === 'cancelled' ? state.rows : null
  return (
    <FullPage title={t('title')}>
      <h1 className="visually-hidden">{t('title')}</h1>
      <div className={css.page}>
        <Catalog query={catalog} onInsert={(text) => editor.current?.insert(text)} />
        <div className={css.main}>
          <div className={css.bar}>
            {running ? (
              <Button danger icon={<Square size={13} />} onClick={stop}>
                {t('cancel')}
              </Button>
            ) : (
              <Button type="primary" icon={<Play size={14} />} onClick={start}>
                {t('run')} <Kbd>Ctrl ⏎</Kbd>
              </Button>
            )}
            <Select
              value={limit}
              onChange={(v) => setLimit(String(v))}
              aria-label={t('limit')}
              popupMatchSelectWidth={false}
              options={LIMITS.map((value) => ({ value, label: t('limitRows', { n: value.toLocaleString() }) }))}
            />
            <span className={css.grow} />
            <Button type="text" icon={<History size={15} />} onClick={() => setShowPast(true)}>
              {t('history')}
            </Button>
            <ExportMenu projectId={projectId} sql={() => editor.current?.text() ?? ''} />
          </div>
          <div className={css.editor} style={{ height }}>
            <Suspense fallback={<Loading rows={3} />}>
              <SqlEditor ref={editor} initial={initial} catalog={catalog.data ?? []} label={t('editor')} hint={t('hint')} wrongLine={wrongLine} onRun={start} onChange={remember} />
            </Suspense>
          </div>
          <Splitter value={height} onChange={setHeight} label={t('split')} />
          <ResultBar state={state} view={view} onView={setView} />
          <div className={css.result}>
            {problem && (
              <div className={css.problem} role="alert">
                <h2>{problem.title}</h2>
                <ErrorBody words={problem} pre />
                {state.step === 'failed' && state.error instanceof ApiError && state.error.requestId && (
                  <p className="small faint mono">
                    {t('common:error.requestId')} {state.error.requestId}
                  </p>
                )}
              </div>
            )}
            {rows && rows.columns.length > 0 && (view === 'chart' ? <ResultChart source={rows} /> : <div className={css.grid}><DataGrid source={rows} label={t('result')} /></div>)}
            {running && !rows && <div style={{ padding: 24 }}><Spin /></div>}
            {state.step === 'idle' && <Start catalog={catalog.data ?? []} onPick={(text) => editor.current?.set(text)} />}
          </div>
        </div>
      </div>
      <Past open={showPast} list={past} onClose={() => setShowPast(false)} onPick={(text) => { editor.current?.set(text); setShowPast(false); editor.current?.focus() }} />
    </FullPage>
  )
}

function Start({ catalog, onPick }: { catalog: CatalogTable[]; onPick: (sql: string) => void }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const table = catalog[0]
  return (
    <div className={css.start}>
      <p>{t('start.text')}</p>
      <p>
        {t('start.version')} <code>{quoteName(table?.name ?? 'sales')}@v1</code>
      </p>
      {table && (
        <p>
          <Button size="small" onClick={() => onPick(`SELECT *\nFROM ${quoteName(table.name)}\nLIMIT 100`)}>
            {t('start.look', { name: table.name })}
          </Button>
        </p>
      )}
    </div>
  )
}

function ResultBar({ state, view, onView }: { state: QueryState; view: string; onView: (view: string) => void }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const f = useFormat()
  const [now, setNow] = useState(0)
  const since = state.step === 'running' ? state.since : null
  useEffect(() => {
    if (since === null) return
    const timer = setInterval(() => setNow(performance.now() - since), 200)
    return () => {
      clearInterval(timer)
      setNow(0)
    }
  }, [since])
  const rows = 'rows' in state ? state.rows : null
  return (
    <div className={css.bar} aria-live="polite">
      <Segmented size="small" value={view} onChange={onView} options={[{ value: 'table', label: t('table') }, { value: 'chart', label: t('chart.title') }]} />
      <span className="small soft num">
        {state.step === 'running' && t('running', { time: f.duration(now) })}
        {state.step === 'cancelled' && t('cancelled')}
        {rows && state.step !== 'cancelled' && ` ${t('common:unit.rows', { count: rows.rowCount, n: f.number(rows.rowCount, 0) })}`}
        {state.step === 'done' && ` · ${f.duration(state.elapsed)} · ${f.bytes(state.rows.bytes)}`}
      </span>
      {state.step === 'done' && state.rows.truncated && <Tag tone="warn">{t('truncated')}</Tag>}
    </div>
  )
}

function Catalog({ query, onInsert }: { query: ReturnType<typeof useQuery<CatalogTable[]>>; onInsert: (text: string) => void }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [filter, setFilter] = useState('')
  const matches = (text: string) => text.toLowerCase().includes(filter.toLowerCase())
  const toggle = (id: string) =>
    setOpen((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  return (
    <aside className={css.side} aria-label={t('catalog')}>
      <div className={css.sideHead}>
        <Input size="small" allowClear value={filter} onChange={(e) => setFilter(e.target.value)} placeholder={t('filter')} aria-label={t('filter')} />
      </div>
      <QueryView query={query} inline empty={<p className="soft small" style={{ padding: '0 12px' }}>{t('noTables')}</p>}>
        {(tables) => (
          <ul className={css.tree}>
            {tables
              .filter((table) => !filter || matches(table.name) || table.columns.some((c) => matches(c.name)))
              .map((table) => {
                const shown = open.has(table.name) || (filter !== '' && !matches(table.name))
                return (
                  <li key={table.name}>
                    <button type="button" className={css.table} aria-expanded={shown} onClick={() => toggle(table.name)} onDoubleClick={() => onInsert(quoteName(table.name))}>
                      {shown ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
                      <Table2 size={14} color="var(--ink-faint)" aria-hidden />
                      <span className="ellipsis" title={table.name}>
                        {table.name}
                      </span>
                    </button>
                    {shown && (
                      <ul className={css.columns}>
                        {table.columns.map((column) => (
                          <li key={column.name}>
                            <button type="button" className={css.column} title={t('insert', { name: column.name })} onClick={() => onInsert(quoteName(column.name))}>
                              <span className="ellipsis">{column.name}</span>
                              <TypeName type={column.type} />
                            </button>
                          </li>
                        ))}
                      </ul>
                    )}
                  </li>
                )
              })}
          </ul>
        )}
      </QueryView>
    </aside>
  )
}

function Splitter({ value, onChange, label }: { value: number; onChange: (value: number) => void; label: string }) {
  const clamp = (v: number) => Math.max(90, Math.min(window.innerHeight - 260, v))
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const target = event.currentTarget
    const start = event.clientY
    target.setPointerCapture(event.pointerId)
    target.onpointermove = (move) => onChange(clamp(value + move.clientY - start))
    target.onpointerup = () => {
      target.onpointermove = null
      target.onpointerup = null
    }
  }
  const key = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 24 : event.key === 'ArrowUp' ? -24 : 0
    if (step) {
      event.preventDefault()
      onChange(clamp(value + step))
    }
  }
  return <div className={css.split} role="separator" aria-orientation="horizontal" aria-valuenow={value} aria-label={label} tabIndex={0} onPointerDown={drag} onKeyDown={key} />
}

function ExportMenu({ projectId, sql }: { projectId: string; sql: () => string }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const make = useMutate(async (format: string) => {
    const response = await rawFetch(`/api/v1/projects/${projectId}/query/export`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql: sql(), format }),
    })
    saveAs(await response.blob(), `query.${format}`)
  })
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: EXPORTS.map((key) => ({ key, label: t(`data:format.${key}`) })), onClick: ({ key }) => make.mutate(key) }}
    >
      <Button type="text" icon={<Download size={15} />} loading={make.isPending}>
        {t('export')}
      </Button>
    </Dropdown>
  )
}

function Past({ open, list, onClose, onPick }: { open: boolean; list: Asked[]; onClose: () => void; onPick: (sql: string) => void }) {
  const { t } = useTranslation(['explore', 'common', 'data'])
  const f = useFormat()
  return (
    <Drawer open={open} onClose={onClose} title={t('history')} size={520}>
      {list.length === 0 && <p className="soft">{t('noHistory')}</p>}
      <ul className={css.history}>
        {list.map((entry) => (
          <li key={entry.at + entry.sql}>
            <button type="button" className={css.past} onClick={() => onPick(entry.sql)}>
              <pre>{entry.sql}</pre>
              <span className="small faint num">
                <Ago at={entry.at} /> · {entry.failed ? t('failed') : t('common:unit.rows', { count: entry.rows ?? 0, n: f.number(entry.rows ?? 0, 0) })}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Drawer>
  )
}
