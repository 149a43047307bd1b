import { Button, Tooltip } from 'antd'
import { LogIn, LogOut, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Port, Signature } from '@/api/workflow'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { KIND_PATH, kindColour } from '../canvas/kinds'
import { conceal, expose, exposedAs } from '../model/declare'
import { useDoc, useWorkflow } from '../store/document'
import { useTitle } from '../store/useTitle'
import { useWork } from '../store/work'
import css from './Inspector.module.css'

/** The ports of a step and what is connected to them; the keyboard's way to choose and cut connections. */
export function PortList({ id, signature }: { id: string; signature: Signature }) {
  const { t } = useTranslation('workflows')
  return (
    <>
      {signature.inputs.length > 0 && (
        <section className={css.section}>
          <h2>{t('panel.inputs')}</h2>
          <Ports id={id} ports={signature.inputs} input />
        </section>
      )}
      {signature.outputs.length > 0 && (
        <section className={css.section}>
          <h2>{t('panel.outputs')}</h2>
          <Ports id={id} ports={signature.outputs} input={false} />
        </section>
      )}
    </>
  )
}

function Ports({ id, ports, input }: { id: string; ports: Port[]; input: boolean }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const mode = useThemeMode()
  const doc = useDoc()
  const w = useWorkflow()
  const title = useTitle()
  const { canEdit } = useWork()
  return (
    <ul className={css.ports}>
      {ports.flatMap((port) => {
        const edges = Object.entries(w.edges).filter(([, e]) => (input ? e.to : e.from).node === id && (input ? e.to : e.from).port === port.name)
        const label = (
          <>
            <svg width="12" height="12" viewBox="0 0 14 14" role="img" aria-label={t(`kind.${port.kind}`)}>
              <path d={KIND_PATH[port.kind]} fill={kindColour(mode, port.kind)} />
            </svg>
            <span title={f.words(port.help)}>{f.words(port.label)}</span>
          </>
        )
        const ref = { node: id, port: port.name }
        const shown = exposedAs(w, ref, input)
        const outside = (input ? edges.length === 0 : true) && canEdit && (
          <Tooltip title={t(shown !== null ? 'declare.hide' : input ? 'declare.showInput' : 'declare.showOutput')}>
            <Button
              type="text"
              size="small"
              aria-pressed={shown !== null}
              icon={input ? <LogIn size={13} /> : <LogOut size={13} />}
              className={shown !== null ? css.on : undefined}
              aria-label={f.named(t(shown !== null ? 'declare.hide' : input ? 'declare.showInput' : 'declare.showOutput'), f.words(port.label))}
              onClick={() => doc.edit(shown !== null ? conceal(w, ref, input) : expose(w, ref, input, port))}
            />
          </Tooltip>
        )
        const own = (
          <li key={port.name}>
            {label}
            <span className="faint small">{shown !== null ? <span className="mono">{shown}</span> : edges.length > 0 ? '' : port.optional ? t('node.optional') : '–'}</span>
            <span className={css.end}>{outside}</span>
          </li>
        )
        if (edges.length === 0) return [own]
        return [...(input ? [] : [own]), ...edges.map(([edgeId, edge]) => {
          const other = input ? edge.from.node : edge.to.node
          return (
            <li key={edgeId}>
              {input ? label : <span className={css.indent} />}
              <span className="faint" aria-hidden>{input ? '←' : '→'}</span>
              <Button type="link" size="small" style={{ padding: 0, minWidth: 0 }} onClick={() => doc.select([other])}>
                <span className="ellipsis">{title(other)}</span>
              </Button>
              {canEdit && <Button type="text" size="small" icon={<X size={13} />} aria-label={f.named(t('common:action.remove'), title(other))} onClick={() => doc.edit([{ op: 'disconnect', id: edgeId }])} style={{ marginLeft: 'auto' }} />}
            </li>
          )
        })]
      })}
    </ul>
  )
}
