import type { UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Asset, VersionSummary } from '@/api/types'
import { AppLink } from '@/components/AppLink'
import { Ago, Person, VersionTag } from '@/components/bits'
import { QueryView } from '@/components/QueryView'
import { useProjectId } from '@/lib/router'
import { urls } from '@/lib/urls'
import css from './models.module.css'

/** Every version of a model: to look at, to compare with the one before. */
export function ModelVersions({ asset, versions }: { asset: Asset; versions: UseQueryResult<VersionSummary[]> }) {
  const { t } = useTranslation(['models', 'workflows'])
  const projectId = useProjectId()
  return (
    <QueryView query={versions} empty={<p className="soft">{t('noVersion')}</p>}>
      {(list) => (
        <div className={css.wrap} tabIndex={0} role="region" aria-label={t('workflows:versions.title')}>
          <table className={css.table}>
            <tbody>
              {list.map((v, index) => {
                const before = list[index + 1]
                return (
                  <tr key={v.id}>
                    <td>
                      <AppLink href={urls.model(projectId, asset.id, { v: v.seq })}>
                        <VersionTag seq={v.seq} label={v.label} />
                      </AppLink>
                    </td>
                    <td>{v.message || <span className="faint">–</span>}</td>
                    <td>
                      <Person user={v.author} />
                    </td>
                    <td>
                      <Ago at={v.created_at} />
                    </td>
                    <td className={css.right}>{before && <AppLink href={urls.model(projectId, asset.id, { v: v.seq, tab: 'compare', from: before.seq })}>{t('compareWith', { seq: before.seq })}</AppLink>}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </QueryView>
  )
}
