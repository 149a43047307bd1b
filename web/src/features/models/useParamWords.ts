import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { componentsQuery } from '@/api/workflow'
import { signatureParams } from '@/components/form/params'
import { useFormat } from '@/lib/useFormat'

/** What the settings of a model's training are called, and their values in words, as the component that trained it says. */
export function useParamWords(component: string | null): { name: (param: string) => string; value: (param: string, value: unknown) => string } {
  const { t } = useTranslation('common')
  const f = useFormat()
  const signature = useQuery(componentsQuery).data?.find((one) => one.name === component)
  const params = useMemo(() => new Map((signature ? signatureParams(signature) : []).map((param) => [param.name, param])), [signature])
  const name = useCallback((param: string) => f.words(params.get(param)?.field.label) || param, [params, f])
  const value = useCallback(
    (param: string, given: unknown): string => {
      const options = params.get(param)?.field.options ?? params.get(param)?.itemField?.options ?? []
      const said = (one: unknown): string => {
        if (one === null || one === undefined || one === '') return '–'
        if (typeof one === 'number') return f.number(one)
        if (typeof one === 'boolean') return t(one ? 'value.true' : 'value.false')
        if (typeof one === 'string') return f.words(options.find((option) => option.value === one)?.label) || one
        return JSON.stringify(one)
      }
      if (!Array.isArray(given)) return said(given)
      return given.length === 0 ? '–' : given.map(said).join(t('list'))
    },
    [params, f, t],
  )
  return { name, value }
}
