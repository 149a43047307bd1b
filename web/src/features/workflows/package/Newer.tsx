import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { CircleArrowUp, Minus, Pencil, Plus, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { packageChangesQuery, packageQuery } from '@/api/packages'
import type { FlowNode } from '@/api/workflow'
import { QueryView } from '@/components/QueryView'
import { useFormat } from '@/lib/useFormat'
import { useDoc } from '../store/document'
import { useWork } from '../store/work'
import css from './package.module.css'

/** A newer version of a packaged component: what changes with it, and taking it. */
export function Newer({ id, node }: { id: string; node: FlowNode }) {
  const { t } = useTranslation('packages')
  const doc = useDoc()
  const { projectId, canEdit, live } = useWork()
  const { name, version } = node.component
  const packaged = name.startsWith('own-')
  const detail = useQuery({ ...packageQuery(projectId, name), enabled: packaged && live, retry: false })
  const [open, setOpen] = useState(false)
  const newest = detail.data?.package?.versions.filter((v) => !v.withdrawn).map((v) => v.seq).reduce((a, b) => Math.max(a, b), 0) ?? 0
  if (newest <= version) return null
  return (
    <div className={css.newer} role="note">
      <strong style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
        <CircleArrowUp size={14} color="var(--accent)" aria-hidden />
        {t('newer', { version: newest, used: version })}
      </strong>
      {open && <Changes projectId={projectId} name={name} from={version} to={newest} />}
      <span className={css.show}>
        {!open && (
          <Button size="small" onClick={() => setOpen(true)}>
            {t('whatChanges')}
          </Button>
        )}
        {canEdit && (
          <Button size="small" type={open ? 'primary' : 'default'} onClick={() => doc.edit([{ op: 'set_component', id, component: { name, version: newest } }])}>
            {t('update')}
          </Button>
        )}
      </span>
    </div>
  )
}

/** What differs between two versions of a component. */
export function Changes({ projectId, name, from, to }: { projectId: string; name: string; from: number; to: number }) {
  const { t } = useTranslation('packages')
  const f = useFormat()
  const changes = useQuery(packageChangesQuery(projectId, name, from, to))
  return (
    <QueryView query={changes} inline>
      {(data) =>
        data.changes.length === 0 ? (
          <p className="soft small">{t('noChanges')}</p>
        ) : (
          <>
            {data.breaking && (
              <p className={css.show} style={{ color: 'var(--warn)' }}>
                <TriangleAlert size={14} aria-hidden /> {t('breaking')}
              </p>
            )}
            <ul className={css.changes}>
              {data.changes.map((change) => (
                <li key={`${change.part} ${change.name} ${change.change}`}>
                  {change.change === 'added' ? <Plus size={13} color="var(--good)" aria-hidden /> : change.change === 'removed' ? <Minus size={13} color="var(--fail)" aria-hidden /> : <Pencil size={13} color="var(--ink-faint)" aria-hidden />}
                  <span>{f.words(change.message)}</span>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </QueryView>
  )
}
