import type { Asset, VersionSummary } from '@/api/types'

export interface TabProps {
  asset: Asset
  seq: number
  version: VersionSummary | null
}
