import { useTranslation } from 'react-i18next'
import type { ExampleTable, Signature } from '@/api/workflow'
import { Null } from '@/components/bits'
import { useFormat } from '@/lib/useFormat'
import css from './Inspector.module.css'

const isTable = (value: unknown): value is ExampleTable => typeof value === 'object' && value !== null && 'columns' in value && 'rows' in value

/** What a component does to a few rows. */
export function Example({ example }: { example: NonNullable<Signature['example']> }) {
  const { t } = useTranslation(['workflows', 'common'])
  const f = useFormat()
  const before = Object.values(example.inputs ?? {}).flat().filter(isTable)
  const after = Object.values(example.outputs ?? {})
  return (
    <section className={css.section}>
      <h2>
        {t('common:said', { what: t('panel.example'), value: f.words(example.title) })}
      </h2>
      {before.length > 0 && <div className="small soft">{t('panel.before')}</div>}
      {before.map((table, index) => (
        <Rows key={index} table={table} label={t('panel.before')} />
      ))}
      <div className="small soft" style={{ marginTop: 8 }}>{t('panel.after')}</div>
      {after.map((table, index) => (
        <Rows key={index} table={table} label={t('panel.after')} />
      ))}
    </section>
  )
}

function Rows({ table, label }: { table: ExampleTable; label: string }) {
  return (
    <div className={css.example} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {table.columns.map((c) => (
              <th key={c.name} scope="col">{c.name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, at) => (
                <td key={at} className="num">{value === null ? <Null /> : String(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
