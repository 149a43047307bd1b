import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import type { ColumnWarning } from './model'

/** The words for a warning's stable code; its own message where the code is new to this page. */
export function useWarningText(): (warning: ColumnWarning) => string {
  const f = useFormat()
  const { t, i18n } = useTranslation(['data', 'common'])
  return (warning) => {
    const key = `warning.${warning.code}`
    if (!i18n.exists(`data:${key}`)) return warning.code
    const { share, count, ...rest } = warning.figures
    const words = t(key as 'warning.outliers', {
      ...rest,
      share: share === undefined ? '' : f.percent(share),
      count: count ?? 0,
      n: count === undefined ? '' : f.number(count, 0),
    })
    return warning.example ? `${words} (${warning.example})` : words
  }
}
