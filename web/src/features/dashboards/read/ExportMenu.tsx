import { exportDashboard, type Condition } from '@/api/dashboards'
import type { Asset } from '@/api/types'
import { ExportMenu as Menu } from '@/components/ExportMenu'

/** Every page as a file, as it is narrowed now. */
export function ExportMenu({ asset, filters }: { asset: Asset; filters: Record<string, Condition[]> }) {
  return <Menu name={asset.name} make={(format, lang, signal) => exportDashboard(asset.id, format, lang, filters, signal)} />
}
