import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { useLang } from '@/lib/i18n'

export interface ErrorWords {
  /** What kind of trouble it is. */
  title: string
  /** What happened or what to do, in the reader's language. */
  text: string
  /** The server's own message (it speaks English), where the text isn't that already. */
  detail: string | null
  /** All of it on one line. */
  brief: string
}

/** The words for an error, found by its code. */
export function useErrorWords(): (error: unknown) => ErrorWords {
  const { t, i18n } = useTranslation()
  const lang = useLang()
  return useCallback(
    (error) => {
      const code = isCoded(error) ? error.code : 'internal'
      const message = isCoded(error) || error instanceof Error ? error.message : ''
      // What a reader meets through somebody else's doing is nothing that they have filled in.
      const known = brokenPolicy(code, message) ? 'policy' : i18n.exists(`common:error.code.${code}`) ? code : 'internal'
      const title = t(`error.code.${known}` as 'error.code.internal')
      const hint = t(`error.hint.${known}` as 'error.hint.internal')
      if (lang === 'en') return { title, text: message || hint, detail: null, brief: message || title }
      return { title, text: hint, detail: message || null, brief: t('error.brief', { title, hint }) }
    },
    [t, i18n, lang],
  )
}

export function useErrorText(error: unknown): ErrorWords {
  return useErrorWords()(error)
}

/** Whether the rules of a dataset don't fit it, as crates/tandem-engine/src/govern says it. */
export const brokenPolicy = (code: string, message: string): boolean =>
  (code === 'invalid_parameter' && message.endsWith('Ask whoever manages the dataset to correct its policy.')) ||
  (code === 'forbidden' && message.startsWith('This version is closed to you: rules '))

function isCoded(value: unknown): value is { code: string; message: string } {
  return value instanceof ApiError || (typeof value === 'object' && value !== null && 'code' in value && 'message' in value)
}
