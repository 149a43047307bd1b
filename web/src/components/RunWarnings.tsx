import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Run } from '@/api/types'

/** What a run that succeeded warns of. */
export function RunWarnings({ run }: { run: Run }) {
  const { t } = useTranslation('common')
  const found = (run.result as { warnings?: { code: string; output: string }[] } | null | undefined)?.warnings ?? []
  const known = found.filter((warning) => warning.code === 'policies_outdated')
  return known.map((warning) => {
    const name = run.outputs.find((output) => output.role === warning.output)?.asset?.name
    return <Alert key={warning.output} type="warning" showIcon role="alert" style={{ margin: '0 0 12px' }} title={name} description={t('runWarning.policies_outdated')} />
  })
}
