import { useTranslation } from 'react-i18next'
import type { ErrorWords } from './useErrorText'

/** What happened and what to do; under it, in other languages than English, the server's own words. */
export function ErrorBody({ words, pre }: { words: ErrorWords; pre?: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      {pre && !words.detail ? <pre>{words.text}</pre> : <div>{words.text}</div>}
      {words.detail && (
        <div className="small faint" style={{ marginTop: 6 }}>
          {t('error.detail')}
          <div lang="en">{pre ? <pre>{words.detail}</pre> : words.detail}</div>
        </div>
      )}
    </>
  )
}
