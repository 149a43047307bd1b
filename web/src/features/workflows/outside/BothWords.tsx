import { useTranslation } from 'react-i18next'
import type { Text } from '@/api/workflow'
import { bothWords } from '../model/declare'
import { CommitInput } from './CommitInput'
import css from './outside.module.css'

interface Props {
  label: string
  value: Text | undefined
  onChange: (text: Text | undefined) => void
  disabled?: boolean
  lines?: boolean
}

/** Words in both languages; what is written in one stands in the other until it is written there. */
export function BothWords({ label, value, onChange, disabled, lines }: Props) {
  const { t } = useTranslation('workflows')
  const now = value ?? { en: '', 'zh-CN': '' }
  const set = (lang: keyof Text, words: string) => {
    const other = lang === 'en' ? 'zh-CN' : 'en'
    // What only stood in for the other language goes along with it.
    const stood = now[other] === now[lang] ? '' : now[other]
    onChange(bothWords({ [lang]: words, [other]: stood } as unknown as Text))
  }
  return (
    <fieldset className={css.both}>
      <legend>{label}</legend>
      <CommitInput lines={lines} label={t('declare.inEnglish', { what: label })} placeholder={t('declare.english')} value={now.en} disabled={disabled} onCommit={(words) => set('en', words)} />
      <CommitInput lines={lines} label={t('declare.inChinese', { what: label })} placeholder={t('declare.chinese')} value={now['zh-CN']} disabled={disabled} onCommit={(words) => set('zh-CN', words)} />
    </fieldset>
  )
}
