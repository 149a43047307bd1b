import i18next from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Text } from '@/lib/format'
import { loadLang } from '@/lib/i18n'

/** Words of the product in both languages, for what is written into documents. */
export function useBothWords() {
  const { t } = useTranslation('dashboards')
  return useCallback(
    async (key: 'firstPage' | 'nextPage', values: { n?: number } = {}): Promise<Text> => {
      await Promise.all([loadLang('en'), loadLang('zh-CN')])
      const inLang = (lng: string) => i18next.getFixedT(lng, 'dashboards')(key, values)
      return { en: inLang('en') || t(key, values), 'zh-CN': inLang('zh-CN') || t(key, values) }
    },
    [t],
  )
}
