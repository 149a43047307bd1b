import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import type { CSSProperties } from 'react'

interface Props {
  /** A day as `2024-02-01`; anything else is none. */
  value: string
  onChange: (day: string) => void
  id?: string
  size?: 'small'
  disabled?: boolean
  status?: 'error'
  placeholder?: string
  className?: string
  style?: CSSProperties
  'aria-label'?: string
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}

const DAY = 'YYYY-MM-DD'
const dayOf = (text: string) => (/^\d{4}-\d\d-\d\d/.test(text) && dayjs(text.slice(0, 10)).isValid() ? dayjs(text.slice(0, 10)) : null)

/** A day, chosen from a calendar in the language of the page or typed. */
export function DateInput({ value, onChange, placeholder = '', ...rest }: Props) {
  return <DatePicker {...rest} value={dayOf(value)} format={DAY} placeholder={placeholder} onChange={(day) => onChange(day?.isValid() ? day.format(DAY) : '')} />
}
