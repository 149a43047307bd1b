import { Button, Select } from 'antd'
import { Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExposedInput, ExposedOutput, Port, PortRef, Workflow } from '@/api/workflow'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { KIND_PATH, kindColour } from '../canvas/kinds'
import { componentId, type Catalog } from '../model/connect'
import { expose, exposedAs } from '../model/declare'
import { topological } from '../model/order'
import { useDoc, useWorkflow } from '../store/document'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import { BothWords } from './BothWords'
import { Card } from './Card'
import css from './outside.module.css'

type Open = PortRef & { declared: Port }

/** Ports that could be shown to outside: inputs that nothing feeds, outputs that are not shown yet. */
function openPorts(w: Workflow, catalog: Catalog, input: boolean): Open[] {
  const fed = new Set(Object.values(w.edges).map(({ to }) => `${to.node} ${to.port}`))
  return topological(w).flatMap((node) => {
    const component = w.nodes[node]?.component
    const signature = component && catalog.get(componentId(component))
    return ((input ? signature?.inputs : signature?.outputs) ?? []).flatMap((declared): Open[] => {
      const ref = { node, port: declared.name }
      return exposedAs(w, ref, input) !== null || (input && fed.has(`${node} ${declared.name}`)) ? [] : [{ ...ref, declared }]
    })
  })
}

/** The inputs, or the outputs, of the whole workflow. */
export function PortCards({ input }: { input: boolean }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const mode = useThemeMode()
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { catalog, canEdit } = useWork()
  const all: [string, ExposedInput | ExposedOutput][] = Object.entries((input ? w.inputs : w.outputs) ?? {})
  const open = useMemo(() => openPorts(w, catalog, input), [w, catalog, input])
  const portOf = (ref: PortRef) => {
    const component = w.nodes[ref.node]?.component
    const signature = component && catalog.get(componentId(component))
    return (input ? signature?.inputs : signature?.outputs)?.find((p) => p.name === ref.port)
  }
  return (
    <section className={css.section}>
      <h3>{t(input ? 'declare.inputs' : 'declare.outputs')}</h3>
      {all.length === 0 && <p className={css.why}>{t(input ? 'declare.noInputs' : 'declare.noOutputs')}</p>}
      <ul className={css.list}>
        {all.map(([name, one]) => {
          const ends: PortRef[] = 'to' in one ? one.to : [one.from]
          const kind = ends[0] && portOf(ends[0])?.kind
          const set = (changes: object) => doc.edit([input ? { op: 'expose_input', name, input: { ...one, ...changes } as never } : { op: 'expose_output', name, output: { ...one, ...changes } as never }])
          return (
            <Card
              key={name}
              name={name}
              title={f.words(one.label) || name}
              icon={
                kind && (
                  <svg width="12" height="12" viewBox="0 0 14 14" role="img" aria-label={t(`kind.${kind}`)}>
                    <path d={KIND_PATH[kind]} fill={kindColour(mode, kind)} />
                  </svg>
                )
              }
            >
              <BothWords label={t('declare.name')} value={one.label} disabled={!canEdit} onChange={(label) => set({ label })} />
              <BothWords label={t('declare.help')} lines value={one.help} disabled={!canEdit} onChange={(help) => set({ help })} />
              <div className={css.uses}>
                <span className="faint">{t(input ? 'declare.feeds' : 'declare.comesFrom')}</span>
                {ends.map((end) => (
                  <Button key={`${end.node} ${end.port}`} type="link" size="small" onClick={() => doc.select([end.node])}>
                    {title(end.node)} · {f.words(portOf(end)?.label) || end.port}
                  </Button>
                ))}
              </div>
              {canEdit && (
                <div>
                  <Button size="small" danger icon={<Trash2 size={13} />} onClick={() => doc.edit([input ? { op: 'expose_input', name, input: null } : { op: 'expose_output', name, output: null }])}>
                    {t('declare.remove')}
                  </Button>
                </div>
              )}
            </Card>
          )
        })}
      </ul>
      {canEdit && open.length > 0 && (
        <Select
          size="small"
          showSearch={{ optionFilterProp: 'label' }}
          value={null}
          aria-label={t(input ? 'declare.addInput' : 'declare.addOutput')}
          placeholder={t(input ? 'declare.addInput' : 'declare.addOutput')}
          options={open.map((o, index) => ({ value: index, label: `${title(o.node)} · ${f.words(o.declared.label)}` }))}
          onChange={(index: number | null) => {
            const one = index === null ? undefined : open[index]
            if (one) doc.edit(expose(w, { node: one.node, port: one.port }, input, one.declared))
          }}
        />
      )}
    </section>
  )
}
