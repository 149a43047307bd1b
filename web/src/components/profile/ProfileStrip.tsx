import { Drawer, Tooltip } from 'antd'
import { Info, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ReactNode } from 'react'
import { Bars, ShareBar } from '@/components/Bars'
import { Tag, TypeName } from '@/components/bits'
import { isIdName, shown } from '@/components/grid/cells'
import { isNumeric } from '@/lib/types'
import { useFormat } from '@/lib/useFormat'
import type { ColumnProfile, Profile } from './model'
import css from './ProfileStrip.module.css'
import { useWarningText } from './useWarningText'

interface Props {
  profile: Profile
  /** The column that is looked at closely; empty for none. */
  open: string
  onOpen: (column: string) => void
}

/** Every column with its type, its distribution and its gaps; one of them closely at the side. */
export function ProfileStrip({ profile, open, onOpen }: Props) {
  const { t } = useTranslation(['data', 'common'])
  const column = profile.columns.find((c) => c.name === open)
  return (
    <>
      <div className={css.strip}>
        <div className={`${css.line} ${css.headLine}`} aria-hidden>
          <span>{t('strip.column')}</span>
          <span>{t('strip.distribution')}</span>
          <span>{t('strip.nulls')}</span>
          <span>{t('strip.distinct')}</span>
          <span>{t('strip.values')}</span>
        </div>
        {profile.columns.map((c) => (
          <Line key={c.name} column={c} open={c.name === open} onOpen={() => onOpen(c.name === open ? '' : c.name)} />
        ))}
      </div>
      <Drawer open={column !== undefined} onClose={() => onOpen('')} size={420} title={column?.name} mask={false}>
        {column && <Detail column={column} />}
      </Drawer>
    </>
  )
}

/** Remarks that describe a column without doubting it. */
const INFOS = new Set(['likely_id', 'integer_as_float', 'dominant_value', 'outliers', 'constant'])
const isInfo = (code: string) => INFOS.has(code)

function useValue() {
  const f = useFormat()
  return (value: unknown, { type, name }: Pick<ColumnProfile, 'type' | 'name'>) => {
    if (typeof value === 'number' && isNumeric(type) && !isIdName(name)) return f.number(value)
    return shown(f.lang, value, type, name)
  }
}

function Line({ column, open, onOpen }: { column: ColumnProfile; open: boolean; onOpen: () => void }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const value = useValue()
  const warningText = useWarningText()
  const missing = column.rows ? column.nulls / column.rows : 0
  const name = t('strip.distributionOf', { name: column.name })
  const range = column.min !== null && column.max !== null
  return (
    <button type="button" className={css.line} aria-expanded={open} onClick={onOpen}>
      <span>
        <span className={css.name}>{column.name}</span>
        <TypeName type={column.type} />
      </span>
      <span>
        {column.histogram && column.histogram.bins.length > 1 ? (
          <Bars values={column.histogram.bins.map((b) => b.count)} label={name} />
        ) : column.top.length > 0 ? (
          <span className={css.tops} role="img" aria-label={name}>
            {column.top.slice(0, 3).map((entry, index) => (
              <span key={index} className={css.top}>
                <span className="ellipsis">{value(entry.value, column)}</span>
                <ShareBar share={entry.count / Math.max(1, column.rows)} label={f.percent(entry.count / Math.max(1, column.rows))} />
              </span>
            ))}
          </span>
        ) : (
          <span className="faint">–</span>
        )}
      </span>
      <span>
        <span className={`num small ${missing > 0 ? '' : 'faint'}`}>
          {f.percent(missing)} {t('strip.null')}
        </span>
        <ShareBar share={missing} color="var(--warn)" label={f.percent(missing)} />
      </span>
      <span className="num small">
        {column.distinct === null ? '–' : `${column.distinctExact ? '' : '≈ '}${f.compact(column.distinct)}`} {t('strip.distinctUnit')}
      </span>
      <span className={css.summary}>
        <span className="num ellipsis" style={{ display: 'block' }}>
          {range ? `${value(column.min, column)} … ${value(column.max, column)}` : ''}
          {typeof column.mean === 'number' && !isIdName(column.name) && ` · ${t('strip.mean')} ${f.number(column.mean)}`}
        </span>
        {column.warnings.slice(0, 2).map((warning, index) => (
          <Tooltip key={index} title={warningText(warning)}>
            <span className={isInfo(warning.code) ? css.info : css.warn}>
              {isInfo(warning.code) ? <Info size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />} <span className="ellipsis">{warningText(warning)}</span>
            </span>
          </Tooltip>
        ))}
      </span>
    </button>
  )
}

function Detail({ column }: { column: ColumnProfile }) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const value = useValue()
  const warningText = useWarningText()
  const rows: [string, ReactNode][] = [
    [t('detail.type'), <TypeName key="type" type={column.type} />],
    [t('detail.rows'), f.number(column.rows, 0)],
    [t('detail.nulls'), `${f.number(column.nulls, 0)} (${f.percent(column.rows ? column.nulls / column.rows : 0)})`],
  ]
  if (column.distinct !== null) rows.push([t('detail.distinct'), `${column.distinctExact ? '' : '≈ '}${f.number(column.distinct, 0)}`])
  if (column.min !== null) rows.push([t('detail.min'), value(column.min, column)])
  if (column.max !== null) rows.push([t('detail.max'), value(column.max, column)])
  if (column.mean !== null) rows.push([t('detail.mean'), value(column.mean, { type: isNumeric(column.type) ? 'number' : column.type, name: '' })])
  if (column.std !== null) rows.push([t('detail.std'), f.number(column.std)])
  if (column.zeros) rows.push([t('detail.zeros'), f.number(column.zeros, 0)])
  if (column.negatives) rows.push([t('detail.negatives'), f.number(column.negatives, 0)])
  if (column.lengths) rows.push([t('detail.lengths'), `${f.number(column.lengths.min, 0)} – ${f.number(column.lengths.max, 0)}`])
  return (
    <div className={css.detail} tabIndex={0} role="region" aria-label={column.name}>
      {column.warnings.map((warning, index) => (
        <p key={index} className={isInfo(warning.code) ? css.info : css.warn} style={{ marginBottom: 8 }}>
          {isInfo(warning.code) ? <Info size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />} {warningText(warning)}
        </p>
      ))}
      {column.histogram && column.histogram.bins.length > 1 && (
        <figure style={{ marginBottom: 12 }}>
          <Bars values={column.histogram.bins.map((b) => b.count)} width={372} height={110} label={t('strip.distributionOf', { name: column.name })} />
          <figcaption className="small faint num" style={{ display: 'flex', justifyContent: 'space-between' }}>
            <span>{value(column.histogram.bins[0]?.from, column)}</span>
            <span>{value(column.histogram.bins.at(-1)?.to, column)}</span>
          </figcaption>
          {column.histogram.below + column.histogram.above > 0 && (
            <p className="small faint num">{t('detail.outside', { n: f.number(column.histogram.below + column.histogram.above, 0) })}</p>
          )}
        </figure>
      )}
      <table>
        <tbody>
          {rows.map(([label, text]) => (
            <tr key={label}>
              <td className="soft">{label}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {column.quantiles.length > 0 && (
        <>
          <h3>{t('detail.quantiles')}</h3>
          <table>
            <tbody>
              {column.quantiles.map(({ p, value: at }) => (
                <tr key={p}>
                  <td className="soft num">{f.percent(p, 0)}</td>
                  <td>{value(at, column)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {column.top.length > 0 && (
        <>
          <h3>{t('detail.top')}</h3>
          <table>
            <tbody>
              {column.top.map((entry, index) => (
                <tr key={index}>
                  <td>{entry.value === null ? <Tag>{t('common:value.null')}</Tag> : value(entry.value, column)}</td>
                  <td>
                    {f.number(entry.count, 0)} <span className="faint">{f.percent(column.rows ? entry.count / column.rows : 0)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  )
}
