import { useTranslation } from 'react-i18next'
import type { ColumnWarning } from './model'

/** The words for a warning's stable code; its own message where the code is new to this page. */
export function useWarningText(): (warning: ColumnWarning) => string {
  const { t, i18n } = useTranslation(['data', 'common'])
  return (warning) => {
    const key = `warning.${warning.code}`
    if (i18n.exists(`data:${key}`)) return t(key as 'warning.constant', warning)
    return typeof warning.message === 'string' && warning.message ? warning.message : warning.code
  }
}
