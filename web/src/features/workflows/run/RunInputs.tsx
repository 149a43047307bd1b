import { useTranslation } from 'react-i18next'
import type { Run } from '@/api/types'
import type { Text } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import css from './run.module.css'

/** The datasets that a run wrote. */
export function Made({ run, title }: { run: Run; title: (id: string) => string }) {
  const { t } = useTranslation(['workflows', 'common'])
  const projectId = useProjectId()
  if (run.outputs.length === 0) return <p className="soft">{t(run.state === 'succeeded' ? 'runPage.madeNone' : 'runPage.madeNothing')}</p>
  return (
    <ul className={css.io}>
      {run.outputs.map((output) => (
        <li key={output.role}>
          {output.asset ? <AppLink href={urls.asset(projectId, output.asset, output.seq)}>{output.asset.name}</AppLink> : t('common:state.hidden')} <span className="mono faint">v{output.seq}</span> <span className="small soft">{title(output.role)}</span>
        </li>
      ))}
    </ul>
  )
}

/** The versions of datasets that a run read, and what was set. */
export function ReadFrom({ run, title, declared }: { run: Run; title: (id: string) => string; declared: Record<string, Record<string, unknown>> | undefined }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const projectId = useProjectId()
  const params = Object.entries(run.params as Record<string, unknown>)
  const text = (value: unknown) => (typeof value === 'number' ? f.number(value) : typeof value === 'string' ? value : JSON.stringify(value))
  return (
    <dl className={css.facts}>
      {run.inputs.filter((i) => i.role !== 'workflow').map((input) => (
        <div key={input.role} style={{ display: 'contents' }}>
          <dt>{title(input.role)}</dt>
          <dd>
            {input.asset ? <AppLink href={urls.asset(projectId, input.asset, input.seq)}>{input.asset.name}</AppLink> : t('common:state.hidden')} <span className="mono faint">v{input.seq}</span>
          </dd>
        </div>
      ))}
      {params.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{f.words(declared?.[name]?.['x-label'] as Text | undefined) || name}</dt>
          <dd>{text(value)}</dd>
        </div>
      ))}
      <dt>{t('panel.seed')}</dt>
      <dd className="num">{String(run.seed)}</dd>
      <dt>{t('runPage.environment')}</dt>
      <dd>{run.environment}</dd>
    </dl>
  )
}
