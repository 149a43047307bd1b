// Languages. Only the language in use is loaded; English is the one that types
// the keys.
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Lang } from './format'

export const LANGS: Lang[] = ['en', 'zh-CN']
const STORED = 'tandem.lang'

function preferredLang(): Lang {
  const stored = localStorage.getItem(STORED)
  if (stored === 'en' || stored === 'zh-CN') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** Whether a language was chosen in this browser; if not, the person's own is taken on signing in. */
export const hasChosenLang = () => localStorage.getItem(STORED) !== null

const loaders: Record<Lang, () => Promise<{ default: Record<string, object> }>> = {
  en: () => import('@/locales/en'),
  'zh-CN': () => import('@/locales/zh-CN'),
}

/** The words of a language, loaded once. */
export async function loadLang(lang: Lang): Promise<void> {
  if (i18next.hasResourceBundle(lang, 'common')) return
  const bundle = (await loaders[lang]()).default
  for (const [namespace, resources] of Object.entries(bundle)) i18next.addResourceBundle(lang, namespace, resources)
}

export async function startLanguages(): Promise<void> {
  const lang = preferredLang()
  await i18next.use(initReactI18next).init({
    lng: lang,
    resources: {},
    defaultNS: 'common',
    returnNull: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await loadLang(lang)
  await i18next.changeLanguage(lang)
  document.documentElement.lang = lang
}

export async function setLang(lang: Lang): Promise<void> {
  await loadLang(lang)
  localStorage.setItem(STORED, lang)
  await i18next.changeLanguage(lang)
  document.documentElement.lang = lang
}

export function useLang(): Lang {
  const { i18n } = useTranslation()
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en'
}
