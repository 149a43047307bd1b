import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { AskAccess } from '@/components/AskAccess'
import { toProfile } from '@/components/profile/model'
import { ProfileStrip } from '@/components/profile/ProfileStrip'
import { QueryView } from '@/components/QueryView'
import { useParam } from '@/lib/router'
import { useFormat } from '@/lib/useFormat'
import css from './ContentTab.module.css'
import { RejectsDrawer } from './RejectsDrawer'
import type { TabProps } from './types'

/** The shape of the data: every column with its type, its distribution and its gaps. */
export function ContentTab({ asset, seq, version }: TabProps) {
  const { t } = useTranslation(['data', 'common'])
  const f = useFormat()
  const [open, setOpen] = useParam('column')
  const [rejects, setRejects] = useParam('rejects')
  const profile = useQuery({
    queryKey: keys.profile(asset.id, seq),
    queryFn: async () =>
      toProfile(await call(api.GET('/api/v1/datasets/{asset_id}/versions/{seq}/profile', { params: { path: { asset_id: asset.id, seq } } }))),
    staleTime: Infinity,
  })
  return (
    <QueryView query={profile} forbidden={<AskAccess assetId={asset.id} />}>
      {(data) => (
        <>
          <dl className={css.facts}>
            <Fact label={t('fact.rows')} value={f.number(data.rows, 0)} />
            <Fact label={t('fact.columns')} value={f.number(data.columns.length, 0)} />
            {version?.bytes ? <Fact label={t('fact.size')} value={f.bytes(version.bytes)} /> : null}
            {data.keys.length > 0 && <Fact label={t('fact.keys')} value={data.keys.slice(0, 3).map((k) => (k.certain ? k.column : `${k.column} ?`)).join(', ')} />}
            {version?.rejected ? (
              <div>
                <dt>{t('fact.rejected')}</dt>
                <dd>
                  <Button type="link" style={{ padding: 0, height: 'auto', fontSize: 16 }} onClick={() => setRejects('1')}>
                    {f.number(version.rejected, 0)}
                  </Button>
                </dd>
              </div>
            ) : null}
          </dl>
          <ProfileStrip profile={data} open={open} onOpen={setOpen} />
          {rejects && <RejectsDrawer assetId={asset.id} seq={seq} onClose={() => setRejects('')} />}
        </>
      )}
    </QueryView>
  )
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
