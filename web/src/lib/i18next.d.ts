import 'i18next'
import type en from '@/locales/en'

// The keys of t() are those of the English words; a key that isn't there is an error of types.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    returnNull: false
    resources: typeof en
  }
}
