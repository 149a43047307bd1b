import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Port, Signature } from '@/api/workflow'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON, KIND_PATH, kindColour } from '../canvas/kinds'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { signatureParams } from '@/components/form/params'
import { Readable } from '@/components/Readable'
import css from './package.module.css'

/** A component as it will lie on the canvas, and the form that it will have. */
export function NodePreview({ signature, projectId }: { signature: Signature; projectId: string }) {
  const { t } = useTranslation('packages')
  const f = useFormat()
  const mode = useThemeMode()
  const Icon = CATEGORY_ICON[signature.category]
  const params = useMemo(() => signatureParams(signature), [signature])
  const context = useMemo<FormContext>(() => ({ inputs: {}, problems: [], disabled: true, projectId, portLabel: (port) => f.words(signature.inputs.find((p) => p.name === port)?.label) || port }), [projectId, signature, f])
  const ports = (all: Port[], side: 'left' | 'right') =>
    all.map((port, index) => (
      <svg key={port.name} className={css.port} style={{ [side]: -7, top: `${((index + 1) / (all.length + 1)) * 100}%` }} viewBox="0 0 14 14" role="img" aria-label={`${f.words(port.label)} (${port.kind})`}>
        <title>{f.words(port.label)}</title>
        <path d={KIND_PATH[port.kind]} fill={kindColour(mode, port.kind)} />
      </svg>
    ))
  return (
    <>
      <div className={css.node}>
        <span className={css.icon} aria-hidden>
          <Icon size={17} strokeWidth={1.75} />
        </span>
        <div style={{ minWidth: 0 }}>
          <div style={{ fontWeight: 600, fontSize: 13 }}>{f.words(signature.title)}</div>
          <div className="small soft ellipsis">{f.words(signature.summary)}</div>
        </div>
        {ports(signature.inputs, 'left')}
        {ports(signature.outputs, 'right')}
      </div>
      {params.length > 0 ? <Readable><ParamForm params={params} values={{}} context={context} onChange={() => undefined} /></Readable> : <p className="small soft">{t('noForm')}</p>}
    </>
  )
}
