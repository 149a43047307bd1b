import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { compareModelsQuery, modelVersionQuery, type ModelChange } from '@/api/models'
import { QueryView } from '@/components/QueryView'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import { verdict } from './measures'
import css from './models.module.css'
import { useMeasureName } from './useMeasureName'
import { useParamWords } from './useParamWords'

/** Two versions of a model side by side: measures, settings, columns. */
export function ModelCompare({ id, to, options }: { id: string; to: number; options: { value: number; label: string }[] }) {
  const { t } = useTranslation('models')
  const [chosen, setFrom] = useParam('from')
  const others = options.filter((o) => o.value !== to)
  const from = Number(chosen) || others.find((o) => o.value < to)?.value || others[0]?.value
  const found = useQuery({ ...compareModelsQuery(id, from ?? 0, to), enabled: from !== undefined })
  const of = useQuery(modelVersionQuery(id, to))
  if (from === undefined) return <p className="soft">{t('onlyOne')}</p>
  return (
    <>
      <label className={css.tools}>
        <span className="soft">{t('compareTo', { seq: to })}</span>
        <Select size="small" value={from} options={others} aria-label={t('compareTo', { seq: to })} popupMatchSelectWidth={false} onChange={(seq) => setFrom(String(seq))} />
      </label>
      <QueryView query={found}>
        {(data) => (
          <>
            <Changes title={t('measures')} from={from} to={to} changes={data.metrics} measures />
            <Changes title={t('settings')} from={from} to={to} changes={data.params} component={of.data?.component ?? null} />
            <Changes title={t('needs')} from={from} to={to} changes={data.inputs} />
            <Changes title={t('gives')} from={from} to={to} changes={data.outputs} />
          </>
        )}
      </QueryView>
    </>
  )
}

function Changes({ title, from, to, changes, measures, component = null }: { title: string; from: number; to: number; changes: ModelChange[]; measures?: boolean; component?: string | null }) {
  const { t } = useTranslation('models')
  const f = useFormat()
  const named = useMeasureName()
  const words = useParamWords(component)
  return (
    <section className={css.section}>
      <h3>{title}</h3>
      {changes.length === 0 ? (
        <p className="soft">{t('noChange')}</p>
      ) : (
        <div className={css.wrap} tabIndex={0} role="region" aria-label={title}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col" className={css.right}>{`v${from}`}</th>
                <th scope="col" className={css.right}>{`v${to}`}</th>
                {measures && <th scope="col" className={css.right}>{t('difference')}</th>}
              </tr>
            </thead>
            <tbody>
              {changes.map((c) => {
                const way = measures ? verdict(c.name, c.from, c.to) : 'unknown'
                return (
                  <tr key={c.name}>
                    <td>{measures ? named(c.name) : words.name(c.name)}</td>
                    <td className={`num ${css.right}`}>{words.value(c.name, c.from)}</td>
                    <td className={`num ${css.right}`}>{words.value(c.name, c.to)}</td>
                    {measures && (
                      <td className={`num ${css.right} ${way === 'better' ? css.better : way === 'worse' ? css.worse : ''}`}>
                        {typeof c.from === 'number' && typeof c.to === 'number' && c.from !== c.to ? (
                          <span style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }} title={way === 'unknown' ? undefined : t(way as 'better')}>
                            {c.to > c.from ? <ArrowUp size={12} aria-hidden /> : <ArrowDown size={12} aria-hidden />}
                            {f.number(Math.abs(c.to - c.from))}
                            {way !== 'unknown' && <span className="visually-hidden">{t(way as 'better')}</span>}
                          </span>
                        ) : (
                          <span className="faint">–</span>
                        )}
                      </td>
                    )}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
