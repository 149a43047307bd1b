import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { assetQuery } from '@/api/queries'
import { AskAccess } from '@/components/AskAccess'
import { sourcesOf } from '../model/sources'
import { useWorkflow } from '../store/document'

/** A way to ask for the data behind a step, where somebody may know of it and not use it. */
export function Barred({ id }: { id: string }) {
  const w = useWorkflow()
  const datasets = useMemo(() => sourcesOf(w, id), [w, id])
  const assets = useQueries({ queries: datasets.map((dataset) => ({ ...assetQuery(dataset), retry: false })) })
  const barred = assets.flatMap((asset) => (asset.data && !asset.data.rights.includes('use') ? [asset.data] : []))
  return (
    <>
      {barred.map((asset) => (
        <p key={asset.id} style={{ display: 'flex', gap: 10, alignItems: 'center', marginTop: 8 }}>
          <b>{asset.name}</b>
          <AskAccess assetId={asset.id} action="use" />
        </p>
      ))}
    </>
  )
}
