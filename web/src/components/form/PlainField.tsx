import { Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { useFormat } from '@/lib/useFormat'
import { DateInput } from './DateInput'
import type { ControlProps } from './ParamField'

/** Half the width of a Chinese character; what stands around a word takes some of them too. */
const ROOM = 49
const AROUND = 3.6
const width = (text: string) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 2 : 1), 0)

/** Whether a few choices can be read in full side by side, each in as much room as the others. */
const fitBeside = (labels: string[]): boolean => labels.length <= 3 && labels.length * (Math.max(...labels.map(width)) + AROUND) < ROOM

const asText = (value: unknown) => (value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value))

/** One value: words, a number, a choice, yes or no, a day. What is not set shows its default. */
export function PlainField({ id, param, value, onChange, context, path, invalid, describedBy }: ControlProps) {
  const f = useFormat()
  const { field, initial } = param
  const status = invalid ? ('error' as const) : undefined
  const common = { id, disabled: context.disabled, status, 'aria-invalid': invalid || undefined, 'aria-describedby': describedBy }
  const unit = f.words(field.unit)
  switch (field.kind) {
    case 'choice': {
      const options = field.options.map((o) => ({ value: o.value, label: f.words(o.label) }))
      const chosen = (value ?? initial ?? undefined) as string | undefined
      // In an item of a list there is no room for all of them side by side.
      const short = !path.includes('[') && fitBeside(options.map((o) => o.label))
      if (short && chosen !== undefined) return <Segmented options={options} value={chosen} onChange={onChange} disabled={context.disabled} block aria-labelledby={`${id}-label`} />
      return <Select {...common} aria-labelledby={`${id}-label`} options={options} value={chosen} onChange={(next) => onChange(next ?? null)} allowClear={!field.required && initial === null} style={{ width: '100%' }} />
    }
    case 'switch':
      return <Switch id={id} size="small" checked={Boolean(value ?? initial)} onChange={onChange} disabled={context.disabled} />
    case 'integer':
    case 'number':
    case 'percent': {
      const scale = field.kind === 'percent' ? 100 : 1
      const shown = (v: unknown) => (typeof v === 'number' ? Math.round(v * scale * 1e6) / 1e6 : undefined)
      return (
        <InputNumber
          {...common}
          value={shown(value)}
          placeholder={shown(initial) === undefined ? (param.placeholder ?? undefined) : f.number(shown(initial) ?? 0)}
          onChange={(next) => onChange(typeof next === 'number' ? (scale === 1 ? next : Math.round(next * 1e6) / 1e8) : null)}
          suffix={[field.kind === 'percent' ? '%' : '', unit].filter(Boolean).join(' ') || undefined}
          style={{ width: '100%' }}
        />
      )
    }
    case 'date':
      return <DateInput {...common} value={asText(value)} onChange={(day) => onChange(day || null)} style={{ width: '100%' }} />
    default: {
      const long = param.kind === 'text'
      const text = { ...common, value: asText(value), placeholder: param.placeholder ?? (initial === null ? undefined : asText(initial)), maxLength: field.maxLength ?? 20_000 }
      return long ? (
        <Input.TextArea {...text} autoSize={{ minRows: 4, maxRows: 16 }} className={param.prose ? undefined : 'mono'} spellCheck={param.prose} onChange={(event) => onChange(event.target.value || null)} />
      ) : (
        <Input {...text} onChange={(event) => onChange(event.target.value || null)} />
      )
    }
  }
}
