import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import { useEffect, useLayoutEffect, useState, type ComponentProps } from 'react'
import { ApiError } from '@/api/client'
import { keys } from '@/api/keys'
import type { Lang } from '@/lib/format'
import { useLang } from '@/lib/i18n'
import { applyScheme, useThemeMode } from '@/lib/theme'
import { useReducedMotion } from '@/lib/useMedia'
import { router } from './router'
import { themeOf } from './theme'

type AntdLocale = NonNullable<ComponentProps<typeof ConfigProvider>['locale']>

const antdLocales: Record<Lang, () => Promise<{ default: AntdLocale }>> = {
  en: () => import('antd/locale/en_US'),
  'zh-CN': () => import('antd/locale/zh_CN'),
}

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session ended while working: the frame then asks to sign in again.
      if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== keys.session[0])
        void client.invalidateQueries({ queryKey: keys.session })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => (error instanceof ApiError ? (error.offline || error.status === 503) && count < 2 : false),
    },
  },
})

export function Providers() {
  const mode = useThemeMode()
  const lang = useLang()
  const still = useReducedMotion()
  const [locale, setLocale] = useState<AntdLocale>()
  useLayoutEffect(() => applyScheme(mode), [mode])
  useEffect(() => {
    let current = true
    void antdLocales[lang]().then((module) => current && setLocale(module.default))
    return () => {
      current = false
    }
  }, [lang])
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider theme={themeOf(mode, still)} locale={locale} button={{ autoInsertSpace: false }}>
        <App component={false}>
          <RouterProvider router={router} />
        </App>
      </ConfigProvider>
    </QueryClientProvider>
  )
}
