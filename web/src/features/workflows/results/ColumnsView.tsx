import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { portProfile } from '@/api/workflow'
import { TypeName } from '@/components/bits'
import { toProfile } from '@/components/profile/model'
import { ProfileStrip } from '@/components/profile/ProfileStrip'
import { QueryView } from '@/components/QueryView'
import { useDocPart, type DocState } from '../store/document'
import { useNodeState } from '../store/runs'
import { useWork } from '../store/work'
import { Barred } from './Barred'
import css from './Results.module.css'

/** The columns of a port: their distributions once they are computed, before that their names and kinds. */
export function ColumnsView({ id, port, stamp }: { id: string; port: string; stamp: string }) {
  const { t } = useTranslation('workflows')
  const { assetId } = useWork()
  const state = useNodeState(assetId, id)?.state
  const ready = state === 'succeeded'
  const known = useDocPart(useCallback((s: DocState) => s.facts?.known[id]?.outputs[port], [id, port]))
  const [open, setOpen] = useState('')
  const profile = useQuery({
    queryKey: [...keys.portProfile(assetId, id, port), stamp],
    queryFn: async () => toProfile(await portProfile(assetId, id, port)),
    enabled: ready,
    staleTime: Infinity,
    gcTime: 60_000,
  })
  if (ready)
    return (
      <QueryView query={profile} forbidden={<Barred id={id} />}>
        {(data) => (
          <div className={css.pad}>
            <ProfileStrip profile={data} open={open} onOpen={setOpen} />
          </div>
        )}
      </QueryView>
    )
  if (!known || known === 'when_run') return <p className={css.none}>{t('panel.whenRun')}</p>
  return (
    <ul className={css.log}>
      {known.known.map((c) => (
        <li key={c.name} style={{ gridTemplateColumns: 'minmax(0, 320px) 1fr' }}>
          <span>{c.name}</span>
          <TypeName type={c.kind} />
        </li>
      ))}
    </ul>
  )
}
