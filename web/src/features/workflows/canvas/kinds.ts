// What is seen of a port's kind: a colour of the palette and a shape, so that
// it is told apart without colours too.
import { ChartNoAxesCombined, Database, Filter, GitBranch, GraduationCap, Package, Shapes, type LucideIcon } from 'lucide-react'
import type { Category, PortKind } from '@/api/workflow'
import { colour, PALETTE, type Mode } from '@/lib/palette'

const INDEX: Record<PortKind, number> = { table: 0, model: 4, report: 1, value: 2 }

export const kindColour = (mode: Mode, kind: PortKind): string => colour(mode, INDEX[kind])

/** Colours of ports and people as custom properties. */
export function canvasColours(mode: Mode): Record<string, string> {
  const ports = (Object.keys(INDEX) as PortKind[]).map((kind) => [`--port-${kind}`, kindColour(mode, kind)] as const)
  return Object.fromEntries([...ports, ...PALETTE[mode].map((c, index) => [`--person-${index}`, c] as const)])
}

/** The outline of a port, in a box of 14 by 14. */
export const KIND_PATH: Record<PortKind, string> = {
  table: 'M3.5 2.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  model: 'M7 1.2 12.8 7 7 12.8 1.2 7z',
  report: 'M7 1.8 12.6 12H1.4z',
  value: 'M7 2a5 5 0 1 1 0 10A5 5 0 0 1 7 2z',
}

export const CATEGORY_ICON: Record<Category, LucideIcon> = {
  data: Database,
  clean: Filter,
  shape: Shapes,
  look: ChartNoAxesCombined,
  learn: GraduationCap,
  flow: GitBranch,
  own: Package,
}
