import { ChartArea, ChartBar, ChartCandlestick, ChartLine, ChartNoAxesColumn, ChartScatter, Filter, FlaskConical, Grid3x3, Hash, LayoutGrid, ListOrdered, Map, Sparkles, Table2, Waves, type LucideIcon } from 'lucide-react'
import type { Category } from '@/api/workflow'

const ICONS: Record<string, LucideIcon> = {
  'bar-chart': ChartBar, 'line-chart': ChartLine, 'area-chart': ChartArea, 'scatter-plot': ChartScatter, 'box-plot': ChartCandlestick, 'heat-map': Grid3x3,
  'funnel-chart': Filter, sankey: Waves, treemap: LayoutGrid, map: Map, table: Table2, headline: Hash, profile: ListOrdered,
}

/** A kind of figure as a sign; what isn't known by name has that of its shelf. */
export const figureIcon = (component: string, category?: Category): LucideIcon => ICONS[component] ?? (category === 'learn' ? Sparkles : category === undefined ? ChartNoAxesColumn : FlaskConical)
