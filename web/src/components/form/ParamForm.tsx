import { Collapse } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Columns, Problem, Signature, Text } from '@/api/workflow'
import { counts, problemsAt, settled, type Param } from './params'
import css from './form.module.css'
import { ParamField } from './ParamField'

export interface FormContext {
  /** What is known of the columns of each input. */
  inputs: Record<string, Columns[]>
  portLabel: (port: string) => string
  /** Said where a table is not there yet and isn't connected but chosen. */
  chooseFirst?: (port: string) => string
  problems: Problem[]
  disabled: boolean
  projectId: string
  /** A component by its name and version, where one is chosen and set up by another. */
  component?: (id: string) => Signature | undefined
  /** Where values can be set for the whole workflow: its parameters, and a way to make one of a value. */
  outside?: {
    params: { name: string; label: Text | string }[]
    promote: (param: string) => void
  }
}

interface Props {
  params: Param[]
  values: Record<string, unknown>
  onChange: (name: string, value: unknown) => void
  context: FormContext
  /** The place of these parameters in those of the step. */
  path?: string
  compact?: boolean
}

/** The settings of a step, made from its signature. */
export function ParamForm({ params, values, onChange, context, path = '', compact }: Props) {
  const { t } = useTranslation('workflows')
  const [open, setOpen] = useState<boolean | null>(null)
  const now = settled(params, values)
  const seen = params.filter((p) => counts(p, now))
  const field = (param: Param) => (
    <ParamField key={param.name} param={param} value={values[param.name]} onChange={(value) => onChange(param.name, value)} context={context} path={path + param.name} beside={now} compact={compact} />
  )
  const main = seen.filter((p) => !p.advanced)
  const advanced = seen.filter((p) => p.advanced)
  const set = advanced.some((p) => values[p.name] !== undefined || problemsAt(context.problems, path + p.name, true).length > 0)
  return (
    <div className={compact ? css.compact : css.form}>
      {main.map(field)}
      {advanced.length > 0 && (
        <Collapse ghost size="small" className={css.more} activeKey={(open ?? set) ? ['more'] : []} onChange={(keys) => setOpen(keys.length > 0)} items={[{ key: 'more', label: t('panel.advanced'), children: <div className={css.form}>{advanced.map(field)}</div> }]} />
      )}
    </div>
  )
}
