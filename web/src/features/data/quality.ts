import type { QualityRule, QualityValue } from '@/api/types'
import { isNumeric, typeKind } from '@/lib/types'

interface Column {
  name: string
  type: string
}

/** A rule as it was filled in, with only the parts of its kind, and its values in the type of its columns. */
export function tidy(rule: QualityRule, columns: readonly Column[]): QualityRule {
  const { kind, columns: names } = rule
  const base = { columns: names, blocking: rule.blocking ?? false }
  const types = names.map((name) => columns.find((c) => c.name === name)?.type ?? '')
  const typed = (value: QualityValue): QualityValue => {
    const text = String(value).trim()
    if (types.every((type) => isNumeric(type)) && text !== '' && Number.isFinite(Number(text))) return Number(text)
    if (types.every((type) => typeKind(type) === 'boolean') && (text === 'true' || text === 'false')) return text === 'true'
    return text
  }
  const given = (value: QualityValue | null | undefined): value is QualityValue => value !== undefined && value !== null && String(value).trim() !== ''
  if (kind === 'range')
    return { kind, ...base, ...(given(rule.min) ? { min: typed(rule.min) } : {}), ...(given(rule.max) ? { max: typed(rule.max) } : {}) }
  if (kind === 'set') return { kind, ...base, values: (rule.values ?? []).map(typed) }
  if (kind === 'pattern') return { kind, ...base, pattern: rule.pattern ?? '' }
  return { kind, ...base }
}
