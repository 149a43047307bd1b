import { Tooltip } from 'antd'
import { Info } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { words } from '@/lib/format'
import { useFormat } from '@/lib/useFormat'
import { useMedia } from '@/lib/useMedia'
import { Blocks, WarningBlock } from '@/components/report/Blocks'
import type { Report } from '@/components/report/document'
import { formatInterval, formatNumber } from '@/components/report/numbers'
import css from './ReportView.module.css'

/** A report, read from top to bottom: the answer, the numbers, what carries them, what to do, and how it was done. */
export function ReportView({ report }: { report: Report }) {
  const f = useFormat()
  return (
    <article className={css.report}>
      <p className={css.kicker}>{f.words(report.subtitle)}</p>
      <h1 className={css.title}>{f.words(report.title)}</h1>
      <p className={css.answer}>{f.words(report.answer)}</p>
      <Headline report={report} />
      {report.warnings.length > 0 && (
        <div style={{ display: 'flex', flexDirection: 'column', gap: 8, marginTop: 16 }}>
          {report.warnings.map((warning) => (
            <WarningBlock key={warning.code} warning={warning} />
          ))}
        </div>
      )}
      <Contents report={report} />
      {report.sections.map((section) => (
        <section key={section.id} className={css.section} aria-labelledby={`s-${section.id}`}>
          <h2 id={`s-${section.id}`}>{f.words(section.title)}</h2>
          <Blocks blocks={section.blocks} />
        </section>
      ))}
      <ProvenanceView report={report} />
    </article>
  )
}

/** The way to every section; it stays in sight. */
function Contents({ report }: { report: Report }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  const sections = [...report.sections.map((s) => [s.id, f.words(s.title)] as const), ['provenance', t('provenance')] as const]
  return (
    <nav className={`${css.contents} no-print`} aria-label={t('contents')}>
      {sections.map(([id, title]) => (
        <a key={id} href={`#s-${id}`}>
          {title}
        </a>
      ))}
    </nav>
  )
}

function Headline({ report }: { report: Report }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  return (
    <dl className={css.headline}>
      {report.headline.map((item) => {
        const interval = formatInterval(f.lang, item.value)
        return (
          <div key={item.id} className={css.figure}>
            <dt>
              {f.words(item.label)}
              <Tooltip title={f.words(item.help)}>
                <button type="button" className={`${css.help} no-print`} aria-label={f.words(item.help)}>
                  <Info size={13} aria-hidden />
                </button>
              </Tooltip>
            </dt>
            <dd>{formatNumber(f.lang, item.value)}</dd>
            {interval && item.value.interval && (
              <dd className={css.interval}>
                {interval} · {t('interval', { level: f.percent(item.value.interval.level) })}
              </dd>
            )}
          </div>
        )
      })}
    </dl>
  )
}

function ProvenanceView({ report }: { report: Report }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  const narrow = useMedia('(max-width: 767px)')
  const p = report.provenance
  const params = useMemo(
    () =>
      p.params.map((param) => {
        const value = param.value === null ? '–' : typeof param.value === 'object' ? words(f.lang, param.value) : String(param.value)
        return [words(f.lang, param.label), param.unit ? `${value} ${words(f.lang, param.unit)}` : value] as const
      }),
    [p.params, f.lang],
  )
  return (
    <section className={css.section}>
      <h2 id="s-provenance">{t('provenance')}</h2>
      <dl className={css.provenance}>
        {p.inputs.map((input) => (
          <Pair
            key={input.input}
            term={input.input}
            text={[
              `${input.name}${input.version ? ` v${input.version}` : ''}`,
              input.rows === null ? null : t('common:unit.rows', { count: input.rows, n: f.number(input.rows, 0) }),
              input.map.map((m) => `${m.role} ← ${m.column}`).join(', '),
            ]
              .filter(Boolean)
              .join(' · ')}
          />
        ))}
        {params.map(([term, text]) => (
          <Pair key={term} term={term} text={text} />
        ))}
        <Pair term={t('made')} text={`${f.moment(report.created_at)} · ${p.engine} · ${t('seed')} ${p.seed}`} />
        {p.digest && <Pair term={t('digest')} text={narrow ? `${p.digest.slice(0, 24)}…` : p.digest} mono />}
      </dl>
    </section>
  )
}

function Pair({ term, text, mono }: { term: string; text: string; mono?: boolean }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className={mono ? 'mono' : undefined}>{text}</dd>
    </>
  )
}
