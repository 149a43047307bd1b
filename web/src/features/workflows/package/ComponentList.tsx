import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented } from 'antd'
import { Plus, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { packagesQuery, type Entry } from '@/api/packages'
import { useProject } from '@/api/queries'
import { CATEGORIES } from '@/api/workflow'
import { AppLink } from '@/components/AppLink'
import { Page, PageSection } from '@/components/Page'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useParam, useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import { can } from '@/lib/rights'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON } from '../canvas/kinds'
import { search } from '../model/search'
import css from './package.module.css'
import { Star } from './Star'
import { StatementDialog } from './StatementDialog'

/** Every component that workflows of this project can use, with its page. */
export function ComponentList() {
  const { t } = useTranslation(['packages', 'workflows'])
  const projectId = useProjectId()
  const [q, setQ] = useParam('q')
  const [which, setWhich] = useParam('which', 'all')
  const project = useProject(projectId)
  const [writing, setWriting] = useState(false)
  const all = useQuery(packagesQuery(projectId))
  const found = useMemo(() => {
    const entries = (all.data ?? []).filter((e) => which === 'all' || (which === 'starred' ? e.starred : e.asset_id !== null))
    const byName = new Map(entries.map((e) => [e.signature.name, e]))
    return search(entries.map((e) => e.signature), q).flatMap((s) => byName.get(s.name) ?? [])
  }, [all.data, q, which])
  return (
    <Page title={t('title')} sub={t('sub')} up={{ href: urls.workflows(projectId), label: t('workflows:title') }}>
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap', marginBottom: 8 }}>
        <Input allowClear value={q} onChange={(event) => setQ(event.target.value)} prefix={<Search size={14} color="var(--ink-faint)" />} placeholder={t('workflows:palette.search')} aria-label={t('workflows:palette.search')} style={{ maxWidth: 300 }} />
        {can(project.data, 'create') && can(project.data, 'writeCode') && (
          <Button icon={<Plus size={14} />} style={{ order: 1, marginLeft: 'auto' }} onClick={() => setWriting(true)}>
            {t('statement.new')}
          </Button>
        )}
        {writing && <StatementDialog projectId={projectId} onClose={() => setWriting(false)} />}
        <Segmented value={which} onChange={setWhich} options={(['all', 'own', 'starred'] as const).map((value) => ({ value, label: t(`which.${value}`) }))} aria-label={t('which.label')} />
      </div>
      <QueryView query={all}>
        {() =>
          found.length === 0 ? (
            <State inline title={q ? t('workflows:palette.none', { q }) : t(which === 'own' ? 'noneOwn' : 'noneStarred')} text={which === 'own' && !q ? t('noneOwnText') : undefined} />
          ) : (
            <>
              {CATEGORIES.map((category) => {
                const list = found.filter((e) => e.signature.category === category)
                return list.length === 0 ? null : (
                  <PageSection key={category} title={t(`workflows:category.${category}`)}>
                    <ul className={css.cards}>
                      {list.map((entry) => (
                        <Item key={entry.signature.name} entry={entry} projectId={projectId} />
                      ))}
                    </ul>
                  </PageSection>
                )
              })}
            </>
          )
        }
      </QueryView>
    </Page>
  )
}

function Item({ entry, projectId }: { entry: Entry; projectId: string }) {
  const f = useFormat()
  const { signature } = entry
  const Icon = CATEGORY_ICON[signature.category]
  return (
    <li className={css.card}>
      <span className={css.icon} aria-hidden>
        <Icon size={17} strokeWidth={1.75} />
      </span>
      <h3 style={{ alignSelf: 'center' }}>
        <AppLink href={urls.component(projectId, signature.name)}>{f.words(signature.title)}</AppLink>
      </h3>
      <Star projectId={projectId} name={signature.name} title={f.words(signature.title)} on={entry.starred} />
      <p>{f.words(signature.summary)}</p>
    </li>
  )
}
