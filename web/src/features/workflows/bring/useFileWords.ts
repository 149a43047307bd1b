import { useTranslation } from 'react-i18next'
import { useErrorWords, type ErrorWords } from '@/components/useErrorText'
import { useLang } from '@/lib/i18n'
import type { Given } from './read'

/** Why a file can't be taken, in the reader's language; beside it what the server said. */
export function useFileWords(): (error: unknown, kind: Given['kind']) => ErrorWords {
  const { t, i18n } = useTranslation('workflows')
  const lang = useLang()
  const errorWords = useErrorWords()
  return (error, kind) => {
    const words = errorWords(error)
    const key = `bring.error.${kind}.${typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''}`
    if (!i18n.exists(`workflows:${key}`)) return words
    const said = t(key as 'bring.error.notebook.malformed_file')
    const message = error instanceof Error ? error.message : ''
    return lang === 'en' ? { ...words, text: message || said } : { ...words, text: said }
  }
}
