import { useBlocker } from '@tanstack/react-router'
import { Button, Modal, Tooltip } from 'antd'
import { Eye, Plus, Redo2, Save, TextCursorInput, Undo2 } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { previewChoicesQuery, type Block, type DashboardDetail } from '@/api/dashboards'
import type { Signature } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { FullPage } from '@/components/Page'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { FilterBar } from '../FilterBar'
import { addBlock, addFilter, both, figureOf, freshId, setBlock, setFigure, setFilter, withLevels, withParams } from '../model/edits'
import { isNumber, isTime, withField as bound, type Field } from '../model/fields'
import { controlFor } from '../model/filters'
import { bestWell, drillable, fits, isFigure, isShown, put, take, wellsOf } from '../model/wells'
import { signatureParams } from '@/components/form/params'
import { useSources } from '../useSources'
import { BothInput } from './BothInput'
import css from './Builder.module.css'
import { AddMenu, Canvas } from './Canvas'
import { Conflict } from './Conflict'
import { FieldsPanel, type Place } from './FieldsPanel'
import { beginning, FigurePanel, withTitle } from './FigurePanel'
import { FilterDrop, FilterSettings } from './FilterTools'
import { PageTabs } from './PageTabs'
import { useBuilder } from './useBuilder'
import { usePreview } from './usePreview'
import { useSave } from './useSave'

interface Props {
  detail: DashboardDetail
  signatures: Signature[]
  projectId: string
  startPage: string
}

/** Fields at the left, the chosen figure beside them, the page at the right. */
export function BuilderView({ detail, signatures: all, projectId, startPage }: Props) {
  const { t } = useTranslation(['dashboards', 'common'])
  const f = useFormat()
  const go = useGo()
  const builder = useBuilder(detail, startPage)
  const { doc, page, chosen, edit } = builder
  const { asset } = detail
  const figures = useMemo(() => all.filter(isFigure), [all])
  const facts = useSources(doc.sources)
  const [drill, setDrill] = useState<Record<string, (string | null)[]>>({})
  const [picked, setPicked] = useState('')
  const figure = figureOf(chosen ?? undefined)
  const names = Object.keys(doc.sources)
  const source = figure?.source ?? (names.includes(picked) ? picked : (names[0] ?? ''))
  const fields = facts[source]?.fields ?? []
  const { query, pending } = usePreview(projectId, doc, page, figures, drill)
  const { save, copy, theirs, setTheirs } = useSave(builder, asset)
  const called = Object.fromEntries(names.map((name) => [name, f.words(doc.sources[name]?.label) || facts[name]?.asset?.name || name]))
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => builder.dirty && current.pathname !== next.pathname, enableBeforeUnload: () => builder.dirty, withResolver: true })
  const saveNow = () => save.mutate(builder.saved.seq)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase()
      if (!(event.ctrlKey || event.metaKey)) return
      if (key === 's') {
        event.preventDefault()
        if (builder.dirty) saveNow()
      }
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, [contenteditable=true]')
      if (typing || (key !== 'z' && key !== 'y')) return
      event.preventDefault()
      if (key === 'y' || event.shiftKey) builder.redo()
      else builder.undo()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })

  const ensure = (from: string, field: Field) => edit((d) => ({ ...d, sources: { ...d.sources, [from]: bound(d.sources[from] ?? {}, field.name) } }), `bind ${field.name}`)
  const addFigure = (component: string, from: string, params: Record<string, unknown> = {}) => {
    if (!page) return
    const id = freshId('b', builder.ids)
    edit((d) => addBlock(d, page.id, { id, span: component === 'headline' || component === 'table' || component === 'profile' ? 'full' : 'half', shows: { figure: { source: from, component, params } } }))
    builder.setChosen(id)
  }
  const addText = () => {
    if (!page) return
    const id = freshId('b', builder.ids)
    edit((d) => addBlock(d, page.id, { id, span: 'full', shows: { text: both('') } }))
    builder.setChosen(id)
  }
  /** A figure that suits a field, with it in its place. */
  const figureOfField = (field: Field, from: string) => {
    const wanted = isTime(field.kind) ? 'line-chart' : isNumber(field.kind) ? 'headline' : 'bar-chart'
    const signature = figures.find((s) => s.name === wanted) ?? figures.find((s) => wellsOf(s).some((well) => fits(well, field))) ?? figures[0]
    const well = signature && bestWell(wellsOf(signature), {}, field)
    if (signature) addFigure(signature.name, from, well ? put(well, {}, field) : {})
  }
  const shownWells = (block: Block | null) => {
    const of = figureOf(block ?? undefined)
    const signature = figures.find((s) => s.name === of?.component)
    if (!of || !signature) return []
    const params = signatureParams(signature)
    return wellsOf(signature).filter((well) => isShown(well, params, of.params ?? {}))
  }
  const addShared = (field: Field, from = source) => {
    ensure(from, field)
    edit((d) => addFilter(d, { column: field.name, sources: [from], control: controlFor(field.kind) }))
  }
  const drillParam = figure?.drill?.param ?? drillable(shownWells(chosen)).find((well) => typeof figure?.params?.[well.param.name] === 'string')?.param.name ?? null
  const places = (field: Field): Place[] => [
    ...(figure
      ? [
          ...shownWells(chosen).map((well) => {
            const zone = well.zone === 'other' ? '' : t(`zone.${well.zone}`)
            const label = [zone, f.words(well.param.field.label)].filter((part, at, parts) => part && parts.indexOf(part) === at).join(' · ')
            const ok = fits(well, field)
            const kinds = well.kinds.map((kind) => t(`common:type.${kind}` as 'common:type.text')).join(f.lang === 'en' ? ', ' : '、')
            return { key: `well ${well.param.name}`, label: ok ? label : t('fields.noFit', { well: label, kinds }), disabled: !ok }
          }),
          { key: 'rows', label: t('fields.rowFilter') },
          ...(drillParam !== null ? [{ key: 'drill', label: t('fields.drill') }] : []),
        ]
      : []),
    { key: 'shared', label: t('fields.sharedFilter') },
    { key: 'new', label: t('fields.newFigure') },
  ]
  const onPut = (field: Field, place: string) => {
    if (place === 'shared') return addShared(field)
    ensure(source, field)
    if (place === 'new' || !chosen || !figure) return figureOfField(field, source)
    if (place === 'rows') return edit((d) => setFigure(d, chosen.id, (old) => ({ ...old, conditions: [...(old.conditions ?? []), beginning(field)] })))
    if (place === 'drill' && drillParam !== null) return edit((d) => setFigure(d, chosen.id, (old) => withLevels(old, drillParam, [...(old.drill?.levels.slice(1) ?? []), field.name])))
    const well = shownWells(chosen).find((w) => `well ${w.param.name}` === place)
    if (well) edit((d) => setFigure(d, chosen.id, (old) => withParams(old, put(well, old.params ?? {}, field))))
  }
  const adders = (
    <>
      <AddMenu signatures={figures} onAdd={(component) => addFigure(component, source)}>
        <Button icon={<Plus size={14} />}>{t('block.add')}</Button>
      </AddMenu>
      <Button icon={<TextCursorInput size={14} />} onClick={addText}>{t('block.addText')}</Button>
    </>
  )
  const read = urls.dashboard(projectId, asset.id, { page: page?.id === doc.pages[0]?.id ? undefined : page?.id })
  return (
    <FullPage flush title={t('builder.of', { name: asset.name })}>
      <div className={css.builder}>
        <header className={css.bar}>
          <div className={css.barName}>
            <nav className="small faint">
              <AppLink href={urls.dashboards(projectId)}>{t('title')}</AppLink> / <AppLink href={read}>{asset.name}</AppLink> /
            </nav>
            <h1>{t('builder.title')}</h1>
          </div>
          <span className={builder.dirty ? css.unsaved : css.allSaved} aria-live="polite">
            {builder.dirty ? t('builder.unsaved') : t('builder.allSaved', { seq: builder.saved.seq })}
          </span>
          <Tooltip title={t('builder.undo')}>
            <Button type="text" icon={<Undo2 size={16} />} aria-label={t('builder.undo')} disabled={!builder.canUndo} onClick={builder.undo} />
          </Tooltip>
          <Tooltip title={t('builder.redo')}>
            <Button type="text" icon={<Redo2 size={16} />} aria-label={t('builder.redo')} disabled={!builder.canRedo} onClick={builder.redo} />
          </Tooltip>
          <Button icon={<Eye size={14} />} onClick={() => go(read)}>{t('builder.done')}</Button>
          <Button type="primary" icon={<Save size={14} />} disabled={!builder.dirty} loading={save.isPending} onClick={saveNow}>{t('builder.save')}</Button>
        </header>
        <FieldsPanel
          sources={names.map((id) => ({ id, name: called[id] ?? id }))}
          source={source}
          facts={facts[source]}
          places={places}
          onPut={onPut}
          onSource={(next) => {
            setPicked(next)
            if (chosen && figure && Object.keys(figure.params ?? {}).length === 0) edit((d) => setFigure(d, chosen.id, (old) => ({ ...old, source: next })))
            else if (figure) builder.setChosen(null)
          }}
          onAddSource={(dataset) => {
            const there = names.find((name) => doc.sources[name]?.dataset === dataset)
            const id = there ?? freshId('data-', names)
            if (!there) edit((d) => ({ ...d, sources: { ...d.sources, [id]: { dataset } } }))
            builder.setChosen(null)
            setPicked(id)
          }}
        />
        <section className={css.panel} aria-label={t('figure.panel')}>
          <div className={css.panelHead}>
            <h2>{chosen && !figure ? t('text.panel') : t('figure.panel')}</h2>
          </div>
          {chosen && figure ? (
            <FigurePanel
              key={chosen.id}
              block={chosen}
              figure={figure}
              signatures={figures}
              filterSignature={all.find((s) => s.name === 'filter')}
              fields={fields}
              projectId={projectId}
              onBlock={(change, tag) => edit((d) => setBlock(d, chosen.id, change), tag)}
              onFigure={(change, tag) => edit((d) => setFigure(d, chosen.id, change), tag)}
            />
          ) : chosen && 'text' in chosen.shows ? (
            <div className={css.section}>
              <BothInput label={t('text.words')} lines={8} maxLength={10_000} value={chosen.shows.text} onChange={(text) => edit((d) => setBlock(d, chosen.id, (b) => ({ ...b, shows: { text } })), `text ${chosen.id}`)} />
              <p className={css.hint}>{t('text.hint')}</p>
              <BothInput label={t('figure.title')} value={chosen.title} onChange={(title) => edit((d) => setBlock(d, chosen.id, (b) => withTitle(b, title)), `title ${chosen.id}`)} />
            </div>
          ) : (
            <div className={css.section}>
              <p className={css.hint}>{t('figure.none')}</p>
            </div>
          )}
        </section>
        <div className={css.stage}>
          <FilterBar
            filters={doc.filters}
            set={{}}
            facts={facts}
            find={(filter, search) => previewChoicesQuery(projectId, doc, filter, search)}
            onSet={(id, conditions) => edit((d) => setFilter(d, id, ({ conditions: _old, ...rest }) => (conditions && conditions.length > 0 ? { ...rest, conditions } : rest)), `start ${id}`)}
            beside={(filter) => <FilterSettings filter={filter} builder={builder} facts={facts} names={called} />}
            extra={<FilterDrop fields={fields} onAdd={addShared} />}
          />
          <PageTabs builder={builder} />
          {page && (
            <Canvas
              builder={builder}
              page={page}
              signatures={figures}
              answer={query.data}
              error={query.isError ? query.error : null}
              pending={pending}
              drill={drill}
              onDrill={(block, path) => setDrill((old) => ({ ...old, [block]: path }))}
              adders={adders}
              onField={(what, on) => {
                ensure(what.source, what.field)
                const target = on ? page.blocks.find((b) => b.id === on) : undefined
                const of = figureOf(target)
                if (!on || !target || !of || of.source !== what.source) return what.kind === 'field' ? figureOfField(what.field, what.source) : undefined
                const well = bestWell(shownWells(target), of.params ?? {}, what.field)
                builder.setChosen(on)
                const giver = what.kind === 'chip' && chosen?.id === on ? shownWells(target).find((w) => w.param.name === what.well) : undefined
                if (well && !giver) edit((d) => setFigure(d, on, (old) => withParams(old, put(well, old.params ?? {}, what.field))))
                else if (giver && what.kind === 'chip') edit((d) => setFigure(d, on, (old) => withParams(old, take(giver, old.params ?? {}, what.at))))
              }}
            />
          )}
        </div>
      </div>
      <Conflict theirs={theirs} asset={asset} saving={save.isPending} onClose={() => setTheirs(null)} onMine={(base) => save.mutate(base)} onCopy={() => copy.mutate(undefined, { onSuccess: (made) => { builder.setSaved({ doc, seq: builder.saved.seq }); setTheirs(null); setTimeout(() => go(urls.editDashboard(projectId, made.asset.id))) } })} />
      <Modal
        open={blocker.status === 'blocked'}
        title={t('builder.leave.title')}
        onCancel={() => blocker.reset?.()}
        footer={[
          <Button key="stay" onClick={() => blocker.reset?.()}>{t('builder.leave.stay')}</Button>,
          <Button key="go" danger onClick={() => blocker.proceed?.()}>{t('builder.leave.go')}</Button>,
          <Button key="save" type="primary" loading={save.isPending} onClick={() => save.mutate(builder.saved.seq, { onSuccess: (ok) => (ok ? blocker.proceed?.() : blocker.reset?.()) })}>{t('builder.leave.save')}</Button>,
        ]}
      >
        {t('builder.leave.text')}
      </Modal>
    </FullPage>
  )
}
