import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** What a measure is called; those that have no words of their own keep their name. */
export function useMeasureName(): (name: string) => string {
  const { t } = useTranslation('models')
  return useCallback((name) => t(`measure.${name}` as 'measure.auc', { defaultValue: name.replaceAll('_', ' ') }), [t])
}
