import { useQuery } from '@tanstack/react-query'
import { Input, Tooltip } from 'antd'
import { ChevronDown, PanelLeftClose, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { packagesQuery, type Entry } from '@/api/packages'
import { CATEGORIES, type Category, type Signature } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { urls } from '@/lib/urls'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON } from '../canvas/kinds'
import { DRAGGED } from '../canvas/dragged'
import { componentId } from '../model/connect'
import { search } from '../model/search'
import { useDoc } from '../store/document'
import { useAdd } from '../store/useAdd'
import { useWork } from '../store/work'
import { Star } from '../package/Star'
import css from './Palette.module.css'

const NONE: ReadonlySet<string> = new Set()
const starsOf = (entries: Entry[]): ReadonlySet<string> => new Set(entries.filter((e) => e.starred).map((e) => e.signature.name))

/** Every component by category, to be dragged or double-clicked onto the canvas. */
export function Palette() {
  const { t } = useTranslation(['workflows', 'packages'])
  const doc = useDoc()
  const { signatures, projectId } = useWork()
  const starred = useQuery({ ...packagesQuery(projectId), select: starsOf, retry: false }).data ?? NONE
  const [q, setQ] = useState('')
  const [shut, setShut] = useState<ReadonlySet<Category>>(new Set())
  const found = useMemo(() => search(signatures, q), [signatures, q])
  const favourites = useMemo(() => found.filter((s) => starred.has(s.name)), [found, starred])
  const groups = CATEGORIES.map((category) => [category, found.filter((s) => s.category === category)] as const).filter(([, list]) => list.length > 0)
  return (
    <aside className={css.palette} aria-label={t('palette.title')}>
      <div className={css.head}>
        <Input size="small" allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={13} color="var(--ink-faint)" />} placeholder={t('palette.search')} aria-label={t('palette.search')} />
        <Tooltip title={t('palette.hide')}>
          <button type="button" className={css.hide} aria-label={t('palette.hide')} onClick={() => doc.store.set({ palette: false })}>
            <PanelLeftClose size={16} aria-hidden />
          </button>
        </Tooltip>
      </div>
      <div className={css.list}>
        {favourites.length > 0 && q === '' && (
          <section>
            <h2 className={css.stars}>{t('packages:starred')}</h2>
            <ul>
              {favourites.map((signature) => (
                <Item key={componentId(signature)} signature={signature} starred />
              ))}
            </ul>
          </section>
        )}
        {groups.length === 0 && <p className="small soft" style={{ padding: '8px 12px' }}>{t('palette.none', { q })}</p>}
        {groups.map(([category, list]) => {
          const open = q !== '' || !shut.has(category)
          return (
            <section key={category}>
              <h2>
                <button
                  type="button"
                  className={css.group}
                  aria-expanded={open}
                  onClick={() => setShut((old) => { const next = new Set(old); if (!next.delete(category)) next.add(category); return next })}
                >
                  <ChevronDown size={13} className={open ? undefined : css.turned} aria-hidden />
                  {t(`category.${category}`)}
                  <span className="num faint">{list.length}</span>
                </button>
              </h2>
              {open && (
                <ul>
                  {list.map((signature) => (
                    <Item key={componentId(signature)} signature={signature} starred={starred.has(signature.name)} />
                  ))}
                </ul>
              )}
            </section>
          )
        })}
      </div>
      <AppLink href={urls.components(projectId)} className={css.all}>
        {t('packages:library')}
      </AppLink>
    </aside>
  )
}

function Item({ signature, starred }: { signature: Signature; starred: boolean }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const add = useAdd()
  const { projectId } = useWork()
  const Icon = CATEGORY_ICON[signature.category]
  return (
    <li className={css.row}>
      <Tooltip title={<>{f.words(signature.summary)}<div style={{ opacity: 0.75, marginTop: 4 }}>{t('palette.drag')}</div></>} placement="right" mouseEnterDelay={0.5}>
        <button
          type="button"
          className={css.item}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(DRAGGED, componentId(signature))
            event.dataTransfer.effectAllowed = 'copy'
          }}
          onDoubleClick={() => add(signature, null, null)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add(signature, null, null)
          }}
        >
          <Icon size={15} strokeWidth={1.75} aria-hidden />
          <span className="ellipsis">{f.words(signature.title)}</span>
        </button>
      </Tooltip>
      <Star projectId={projectId} name={signature.name} title={f.words(signature.title)} on={starred} />
    </li>
  )
}
