import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { colour } from '@/lib/palette'
import { useThemeMode } from '@/lib/theme'
import { useFormat } from '@/lib/useFormat'
import css from './Blocks.module.css'
import type { Action, Block, HeadlineItem, ReportWarning } from './document'
import { formatInterval, formatNumber } from './numbers'
import { ReportChart } from './ReportChart'
import { ReportTable } from './ReportTable'

/** What a section of a report holds. */
export function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div className={css.blocks}>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: { block: Block }) {
  const f = useFormat()
  switch (block.type) {
    case 'heading':
      return <h3 className={css.heading}>{f.words(block.text)}</h3>
    case 'headline':
      return <HeadlineRow items={block.items} />
    case 'paragraph':
      return <p className={css.para}>{f.words(block.text)}</p>
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{f.words(item)}</li>)
      return block.ordered ? <ol className={css.list}>{items}</ol> : <ul className={css.list}>{items}</ul>
    }
    case 'chart':
      return (
        <div className={block.span === 'half' ? css.half : undefined}>
          <ReportChart chart={block} />
        </div>
      )
    case 'table':
      return <ReportTable table={block} />
    case 'actions':
      return (
        <div className={css.actions}>
          {block.items.map((action, index) => (
            <ActionCard key={index} action={action} />
          ))}
        </div>
      )
    case 'warning':
      return <WarningBlock warning={block} />
    case 'references':
      return (
        <ol className={css.refs}>
          {block.items.map((item, index) => (
            <li key={index}>
              {item.citation} {item.locator && <span className="mono">{item.locator}</span>}
            </li>
          ))}
        </ol>
      )
    default:
      // A newer server may send a kind of block that this page doesn't know.
      return null
  }
}

/** A doubt or a limit, with its gravity. */
export function WarningBlock({ warning }: { warning: ReportWarning }) {
  const f = useFormat()
  const Icon = warning.severity === 'serious' ? CircleAlert : warning.severity === 'caution' ? TriangleAlert : Info
  return (
    <div className={`${css.warning} ${css[warning.severity] ?? ''}`} role="note">
      <Icon size={15} aria-hidden />
      <span>{f.words(warning.text)}</span>
    </div>
  )
}

/** Numbers that carry an answer, large, side by side. */
function HeadlineRow({ items }: { items: HeadlineItem[] }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  return (
    <dl className={css.headline}>
      {items.map((item) => {
        const interval = formatInterval(f.lang, item.value)
        return (
          <div key={item.id}>
            <dt>{f.words(item.label)}</dt>
            <dd className={css.big}>{formatNumber(f.lang, item.value)}</dd>
            {interval && item.value.interval && (
              <dd className={css.help}>
                {interval} · {t('interval', { level: f.percent(item.value.interval.level) })}
              </dd>
            )}
            {f.words(item.help) && <dd className={css.help}>{f.words(item.help)}</dd>}
          </div>
        )
      })}
    </dl>
  )
}

function ActionCard({ action }: { action: Action }) {
  const { t } = useTranslation(['report', 'common'])
  const f = useFormat()
  const mode = useThemeMode()
  return (
    <div className={css.action}>
      <h3>
        {action.color !== null && <span className={css.dot} style={{ background: colour(mode, action.color) }} aria-hidden />}
        {f.words(action.target)}
      </h3>
      <p>{f.words(action.aim)}</p>
      <dl className={css.facts}>
        {action.facts.map((fact, index) => (
          <div key={index}>
            <dt>{f.words(fact.label)}</dt>
            <dd>{formatNumber(f.lang, fact.value)}</dd>
          </div>
        ))}
      </dl>
      <ol className={css.list}>
        {action.steps.map((step, index) => (
          <li key={index}>{f.words(step)}</li>
        ))}
      </ol>
      <p className={css.measure}>
        <b>{t('measure')}</b> {f.words(action.measure)}
      </p>
    </div>
  )
}
