import { useTranslation } from 'react-i18next'
import type { ModelColumn, ModelVersion } from '@/api/models'
import { AppLink } from '@/components/AppLink'
import { TypeName } from '@/components/bits'
import { Blocks } from '@/components/report/Blocks'
import type { Report } from '@/components/report/document'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { headline } from './measures'
import css from './models.module.css'
import { useMeasureName } from './useMeasureName'
import { useParamWords } from './useParamWords'

/** A version of a model: how good it is, what it needs and gives, how it was trained. */
export function ModelContent({ version }: { version: ModelVersion }) {
  const { t } = useTranslation('models')
  const f = useFormat()
  const projectId = useProjectId()
  const named = useMeasureName()
  const { inputs = [], outputs = [], target } = version.signature
  const first = headline(version.metrics, 4)
  const sections = version.training as Report['sections']
  const facts: [string, string][] = [
    [t('kind'), t(`learner.${version.learner}` as 'learner.boosting', { defaultValue: version.learner })],
    [t('rows'), f.number(version.rows, 0)],
    ...(version.unlabelled > 0 ? ([[t('unlabelled'), f.number(version.unlabelled, 0)]] as [string, string][]) : []),
    [t('size'), f.bytes(version.bytes)],
  ]
  const words = useParamWords(version.component)
  return (
    <>
      {first.length > 0 && (
        <dl className={`${css.figures} ${css.big}`}>
          {first.map((m) => (
            <div key={m.name}>
              <dt>{named(m.name)}</dt>
              <dd>{f.number(m.value ?? NaN)}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className={css.grid}>
        <section className={css.section}>
          <h3>{t('measures')}</h3>
          {version.metrics.length === 0 ? (
            <p className="soft">{t('noMetrics')}</p>
          ) : (
            <Pairs rows={version.metrics.map((m) => [named(m.name), m.value === null ? '–' : f.number(m.value)])} />
          )}
        </section>
        <section className={css.section}>
          <h3>{t('trained')}</h3>
          <Pairs rows={[...facts, ...Object.entries(version.params).map(([name, value]): [string, string] => [words.name(name), words.value(name, value)])]} />
          {version.run_id && (
            <p style={{ marginTop: 10 }}>
              <AppLink href={urls.run(projectId, version.run_id)}>{t('run')}</AppLink>
            </p>
          )}
        </section>
        <section className={css.section}>
          <h3>{t('needs')}</h3>
          <Columns columns={inputs} />
        </section>
        <section className={css.section}>
          <h3>{t('gives')}</h3>
          {target && <p className="soft" style={{ marginBottom: 6 }}>{t('target', { name: typeof target === 'string' ? target : target.name })}</p>}
          <Columns columns={outputs} />
        </section>
      </div>
      {sections.length > 0 && (
        <section className={css.section}>
          <h3>{t('training')}</h3>
          {sections.map((section, index) => (
            <Blocks key={index} blocks={section.blocks ?? []} />
          ))}
        </section>
      )}
    </>
  )
}

function Pairs({ rows }: { rows: [string, string][] }) {
  return (
    <table className={css.table}>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={`num ${css.right}`}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Columns({ columns }: { columns: ModelColumn[] }) {
  const { t } = useTranslation('models')
  const f = useFormat()
  if (columns.length === 0) return <p className="soft">–</p>
  return (
    <table className={css.table}>
      <tbody>
        {columns.map((c) => (
          <tr key={c.name}>
            <td>{c.name}</td>
            <td className={css.right}>
              <TypeName type={c.data_type} />
              {c.categories && c.categories.length > 0 && <span className="faint small"> {t('categories', { count: c.categories.length, n: f.number(c.categories.length) })}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
