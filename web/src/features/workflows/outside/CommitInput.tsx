import { Input } from 'antd'
import { useState } from 'react'

interface Props {
  value: string
  onCommit: (value: string) => void
  label: string
  placeholder?: string
  disabled?: boolean
  lines?: boolean
  mono?: boolean
  prefix?: string
}

/** A field whose words count once one leaves it, so that a whole change is one step of undo. */
export function CommitInput({ value, onCommit, label, placeholder, disabled, lines, mono, prefix }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const leave = () => {
    if (typed !== null && typed !== value) onCommit(typed)
    setTyped(null)
  }
  const common = {
    size: 'small' as const, 'aria-label': label, placeholder: placeholder ?? label, disabled, value: typed ?? value, maxLength: lines ? 2000 : 120, onBlur: leave,
    className: mono ? 'mono' : undefined,
  }
  if (lines) return <Input.TextArea {...common} autoSize={{ minRows: 1, maxRows: 5 }} onChange={(event) => setTyped(event.target.value)} />
  return <Input {...common} prefix={prefix && <span className="faint small">{prefix}</span>} onChange={(event) => setTyped(event.target.value)} onPressEnter={leave} />
}
