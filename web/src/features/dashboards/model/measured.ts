// What a table that sums up shows, read off its settings: a table has no place of its own where that would be said. Pure.
import type { Figure } from '@/api/dashboards'
import type { Signature } from '@/api/workflow'
import type { Text } from '@/lib/format'
import { chipsIn, gives, isShown, wellsOf } from './wells'
import { signatureParams } from '@/components/form/params'

export interface Measured {
  /** How values were made one and of which field; of the number of rows the field is empty. */
  totals: { how: Text | string; field: string }[]
  /** The fields by which it is divided. */
  by: string[]
}

/** The totals of a figure whose component gives a table, at the level that its reader went down to; null where it has none. */
export function measured(figure: Figure, signature: Signature, path: readonly unknown[] = []): Measured | null {
  if (gives(signature, 'report')) return null
  const { drill } = figure
  const level = drill?.levels[Math.min(path.length, drill.levels.length - 1)]
  const values = drill && level !== undefined ? { ...figure.params, [drill.param]: level } : (figure.params ?? {})
  const params = signatureParams(signature)
  const wells = wellsOf(signature).filter((well) => isShown(well, params, values))
  const totals = wells.flatMap((well) => {
    const options = well.measure?.field.options ?? []
    return chipsIn(well, values).flatMap((chip) => {
      const how = options.find((option) => option.value === chip.measure)?.label
      return how ? [{ how, field: chip.field }] : []
    })
  })
  if (totals.length === 0) return null
  const dividing = wells.filter((well) => well.measure === null && ['rows', 'columns', 'colour'].includes(well.zone))
  return { totals, by: dividing.flatMap((well) => chipsIn(well, values).map((chip) => chip.field)) }
}
