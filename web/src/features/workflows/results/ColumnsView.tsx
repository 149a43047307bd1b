import { useQueries, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Sigma } from 'lucide-react'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { keys } from '@/api/keys'
import { assetQuery } from '@/api/queries'
import { portProfile } from '@/api/workflow'
import { TypeName } from '@/components/bits'
import { toProfile } from '@/components/profile/model'
import { ProfileStrip } from '@/components/profile/ProfileStrip'
import { QueryView } from '@/components/QueryView'
import { useFormat } from '@/lib/useFormat'
import { sourcesOf } from '../model/sources'
import { useDocPart, useWorkflow, type DocState } from '../store/document'
import { useStanding } from '../store/standing'
import { useWork } from '../store/work'
import { Barred } from './Barred'
import css from './Results.module.css'

/** Rows behind a step up to which its columns are computed without being asked for. */
const QUICK = 200_000

/** The columns of a port: their distributions where they can be computed, before that their names and kinds. */
export function ColumnsView({ id, port, stamp, run }: { id: string; port: string; stamp: string; run: ReactNode }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const { assetId } = useWork()
  const state = useStanding(id)?.state
  const ready = state === 'succeeded'
  const known = useDocPart(useCallback((s: DocState) => s.facts?.known[id]?.outputs[port], [id, port]))
  const [open, setOpen] = useState('')
  const [asked, setAsked] = useState(false)
  const behind = useRowsBehind(id)
  const quick = behind !== null && behind <= QUICK
  // Queries are computed without a run; what has to run first says so.
  const profile = useQuery({
    queryKey: [...keys.portProfile(assetId, id, port), stamp, ready ? 'run' : JSON.stringify(known ?? null)],
    queryFn: async () => toProfile(await portProfile(assetId, id, port)),
    enabled: state !== 'running' && (ready || quick || asked),
    retry: ready ? 1 : false,
    staleTime: Infinity,
    gcTime: 60_000,
  })
  const waits = profile.error instanceof ApiError && profile.error.code === 'state_conflict'
  if (ready || profile.data || (asked && !waits && !profile.isPending))
    return (
      <QueryView query={profile} forbidden={<Barred id={id} />}>
        {(data) => (
          <div className={css.pad}>
            <ProfileStrip profile={data} open={open} onOpen={setOpen} />
          </div>
        )}
      </QueryView>
    )
  const unknown = !known || known === 'when_run'
  return (
    <>
      <div className={css.ask}>
        {waits ? (
          <>
            <span>{t(unknown ? 'panel.whenRun' : 'results.afterRun')}</span>
            {run}
          </>
        ) : profile.isFetching ? (
          <span role="status">{t('results.counting')}</span>
        ) : (
          <>
            <span>{behind === null ? t('results.notCounted') : t('results.notCountedRows', { n: f.number(behind, 0) })}</span>
            <Button size="small" icon={<Sigma size={13} />} disabled={state === 'running'} onClick={() => (asked ? void profile.refetch() : setAsked(true))}>
              {t('results.count')}
            </Button>
          </>
        )}
      </div>
      {!unknown && (
        <ul className={css.log}>
          {known.known.map((c) => (
            <li key={c.name} style={{ gridTemplateColumns: 'minmax(0, 320px) 1fr' }}>
              <span>{c.name}</span>
              <TypeName type={c.kind} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** How many rows the datasets behind a step have together; null where that isn't known. */
function useRowsBehind(id: string): number | null {
  const w = useWorkflow()
  const datasets = useMemo(() => sourcesOf(w, id), [w, id])
  const rows = useQueries({ queries: datasets.map((dataset) => ({ ...assetQuery(dataset), retry: false })) }).map((asset) => asset.data?.latest?.rows)
  if (rows.length === 0 || rows.some((count) => count === null || count === undefined)) return null
  return rows.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
