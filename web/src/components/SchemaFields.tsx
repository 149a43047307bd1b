import { Form, Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { faultOf, type Fault, type Field } from '@/lib/schema'
import { useFormat } from '@/lib/useFormat'
import { DateInput } from './form/DateInput'

/** The fields of a signature inside a form: label, help, unit, default and validation as one types. */
export function SchemaFields({ fields, under }: { fields: Field[]; under: string }) {
  const { t } = useTranslation()
  const f = useFormat()
  const words = (fault: Fault) => t(`field.${fault.code}` as 'field.least', 'limit' in fault ? { limit: f.number(fault.limit) } : {})
  return (
    <>
      {fields.map((field) => (
        <Form.Item
          key={field.name}
          name={[under, field.name]}
          label={f.words(field.label)}
          extra={field.help ? f.words(field.help) : undefined}
          required={field.required}
          valuePropName={field.kind === 'switch' ? 'checked' : 'value'}
          validateFirst
          rules={[
            {
              validator: (_, value: unknown) => {
                const fault = faultOf(field, value)
                return fault ? Promise.reject(new Error(words(fault))) : Promise.resolve()
              },
            },
          ]}
        >
          <FieldInput field={field} all={fields} under={under} />
        </Form.Item>
      ))}
    </>
  )
}

interface InputProps {
  field: Field
  all: Field[]
  under: string
  id?: string
  value?: unknown
  checked?: boolean
  onChange?: (value: unknown) => void
}

function FieldInput({ field, all, under, ...input }: InputProps) {
  const f = useFormat()
  const form = Form.useFormInstance()
  const source = all.find((other) => other.name === field.unitFrom)
  const chosen = Form.useWatch<unknown>([under, source?.name ?? '-'], form)
  const unit = source ? f.words(source.options.find((o) => o.value === chosen)?.label) : f.words(field.unit)
  const { id, onChange } = input
  switch (field.kind) {
    case 'choice': {
      const options = field.options.map((o) => ({ value: o.value, label: f.words(o.label) }))
      if (options.length <= 4) return <Segmented id={id} options={options} value={input.value as string} onChange={onChange} />
      return <Select id={id} options={options} value={input.value as string} onChange={onChange} allowClear={!field.required} />
    }
    case 'switch':
      return <Switch id={id} checked={input.checked} onChange={onChange} />
    case 'number':
    case 'integer':
    case 'percent':
      return (
        <InputNumber
          id={id}
          value={input.value as number}
          onChange={onChange}
          precision={field.kind === 'integer' ? 0 : undefined}
          suffix={field.kind === 'percent' ? `% ${unit}`.trim() : unit || undefined}
          style={{ width: 190 }}
        />
      )
    case 'date':
      return <DateInput id={id} value={(input.value as string) ?? ''} onChange={(day) => onChange?.(day)} style={{ width: 190 }} />
    default:
      return <Input id={id} value={(input.value as string) ?? ''} onChange={(e) => onChange?.(e.target.value)} maxLength={field.maxLength ?? 500} style={{ maxWidth: 320 }} />
  }
}
