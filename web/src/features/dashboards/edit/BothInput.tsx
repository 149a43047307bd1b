import { Input, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lang, Text } from '@/lib/format'
import { useFormat } from '@/lib/useFormat'
import css from './Builder.module.css'

interface Props {
  label: string
  value: Text | undefined
  onChange: (value: Text) => void
  placeholder?: string
  lines?: number
  maxLength?: number
}

/** Words in both languages. What is written in one stands for both until the other has its own. */
export function BothInput({ label, value, onChange, placeholder, lines, maxLength = 200 }: Props) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const [lang, setLang] = useState<Lang>(f.lang)
  const now = value ?? { en: '', 'zh-CN': '' }
  const other: Lang = lang === 'en' ? 'zh-CN' : 'en'
  const set = (text: string) => onChange({ ...now, [lang]: text, ...(now[other] === now[lang] || now[other] === '' ? { [other]: text } : {}) })
  const shared = { value: now[lang], placeholder, maxLength, 'aria-label': t(lang === 'en' ? 'text.inEnglish' : 'text.inChinese', { what: label }) }
  return (
    <div className={css.both}>
      <div className={css.bothHead}>
        <span>{label}</span>
        <Segmented size="small" value={lang} onChange={setLang} options={[{ value: f.lang, label: t(f.lang === 'en' ? 'text.english' : 'text.chinese') }, { value: f.lang === 'en' ? 'zh-CN' : 'en', label: t(f.lang === 'en' ? 'text.chinese' : 'text.english') }]} />
      </div>
      {lines ? <Input.TextArea autoSize={{ minRows: lines, maxRows: 20 }} {...shared} onChange={(event) => set(event.target.value)} /> : <Input size="small" {...shared} onChange={(event) => set(event.target.value)} />}
    </div>
  )
}
