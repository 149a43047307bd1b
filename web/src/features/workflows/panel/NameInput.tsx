import { Button, Input, Tooltip } from 'antd'
import { Languages } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Label } from '@/api/workflow'
import { useFormat } from '@/lib/useFormat'
import { isTwofold, nameIn, named, otherThan, settled } from '../model/label'
import css from './Inspector.module.css'

interface Props {
  value: Label | undefined
  label: string
  /** What stands there without a name. */
  placeholder?: string
  disabled: boolean
  onChange: (label: Label | null) => void
}

/** A name in the reader's language, and on demand in the other one. */
export function NameInput({ value, label, placeholder, disabled, onChange }: Props) {
  const { t } = useTranslation('workflows')
  const { lang } = useFormat()
  const [asked, setAsked] = useState(false)
  const other = otherThan(lang)
  const both = asked || isTwofold(value)
  const write = (into: typeof lang) => (event: React.ChangeEvent<HTMLInputElement>) => onChange(named(value, into, lang, event.target.value))
  const done = () => {
    const next = settled(value)
    if (JSON.stringify(next) !== JSON.stringify(value ?? null)) onChange(next)
  }
  const shared = { variant: 'borderless', size: 'small', disabled, maxLength: 120, onBlur: done, onPressEnter: (event: React.KeyboardEvent<HTMLInputElement>) => event.currentTarget.blur() } as const
  return (
    <>
      <div className={css.name}>
        <Input {...shared} value={nameIn(value, lang)} placeholder={placeholder} aria-label={label} title={disabled ? undefined : label} onChange={write(lang)} />
        {!disabled && !isTwofold(value) && (
          <Tooltip title={t('panel.otherName')}>
            <Button type="text" size="small" icon={<Languages size={14} />} aria-label={t('panel.otherName')} aria-expanded={both} onClick={() => setAsked(!asked)} />
          </Tooltip>
        )}
      </div>
      {both && (
        <Input {...shared} className={css.otherName} value={isTwofold(value) ? nameIn(value, other) : ''} placeholder={t(other === 'en' ? 'declare.english' : 'declare.chinese')} aria-label={t(other === 'en' ? 'declare.inEnglish' : 'declare.inChinese', { what: label })} onChange={write(other)} />
      )}
    </>
  )
}
