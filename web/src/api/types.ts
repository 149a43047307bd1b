// Short names for the shapes of the contract. Where the contract says no more
// than "an object" (documents of the engine, the profiler and the scenarios),
// the shape is written out here, as the crate that makes it has it.
import type { Text } from '@/lib/format'
import type { components } from './schema'

type S = components['schemas']
export type Session = S['Session']
export type User = S['User']
export type OrgMember = S['OrgMember']
export type ProjectMember = S['ProjectMember']
export type Token = S['Token']
export type AuditEntry = S['AuditEntry']
export type Project = S['Project']
export type Asset = S['Asset']
export type VersionSummary = S['VersionSummary']
export type Activity = S['Activity']
export type Grant = S['Grant']
export type AccessRequest = S['AccessRequest']
export type Lineage = S['Lineage']
export type Source = S['SourceDto']
export type CatalogTable = S['CatalogTableDto']
export type Rows = Omit<S['RowsDto'], 'rows'> & { rows: unknown[][] }

export type Run = Omit<S['RunDto'], 'kind' | 'state'> & {
  kind: 'import' | 'scenario' | 'workflow' | 'delivery'
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
}
export type RunLink = S['RunLinkDto']

// crates/tandem-ingest

export interface ColumnOverride {
  name: string
  rename?: string
  type?: string
  date_order?: 'ymd' | 'mdy' | 'dmy'
  include?: boolean
}

export interface ImportOptions {
  format?: 'csv' | 'excel' | 'json' | 'ndjson' | 'parquet'
  encoding?: string
  delimiter?: string
  quote?: string
  header?: boolean
  skip_rows?: number
  null_values?: string[]
  sheet?: string
  columns?: ColumnOverride[]
}

export interface Sniffed {
  format: NonNullable<ImportOptions['format']>
  options: { encoding: string; delimiter: string; quote: string; header: boolean; skip_rows: number; sheet?: string | null }
  columns: { source: string; name: string; type: string; inferred: string; nullable: boolean; include: boolean; samples: string[] }[]
  rows: (string | null)[][]
  rejects: { row_number: number; line: number | null; column: string | null; code: string; message: string; raw: string }[]
  warnings: { code: string; column: string | null; detail: string; message: string }[]
  sheets: string[]
  row_estimate: number | null
}

// crates/tandem-science

export type QualityValue = string | number | boolean

export interface QualityRule {
  kind: 'not_null' | 'unique' | 'range' | 'set' | 'pattern'
  columns: string[]
  min?: QualityValue
  max?: QualityValue
  values?: QualityValue[]
  pattern?: string
  /** Whether a version that breaks it is refused. */
  blocking?: boolean
}

export interface QualityResult {
  rule: QualityRule
  passed: boolean
  /** Counts and examples are for who sees every row and value. */
  checked_rows?: number
  failing_rows?: number
  examples?: string[]
}

// crates/tandem-engine

interface ColumnType {
  name: string
  data_type: string
}

export interface RowChange {
  kind: 'added' | 'removed' | 'changed'
  key: { column: string; value: string | null }[]
  columns: { column: string; before: string | null; after: string | null }[]
}

export interface Compare {
  schema: { added: ColumnType[]; removed: ColumnType[]; retyped: [ColumnType, string][] }
  from_rows: number
  to_rows: number
  rows: {
    added: number
    removed: number
    changed: number
    unchanged: number
    changed_columns: [string, number][]
    not_compared: string[]
    sample: RowChange[]
  } | null
}

// crates/tandem-app

interface ColumnMask {
  kind: 'hash' | 'partial' | 'null' | 'bucket'
  width?: number
  keep_start?: number
  keep_end?: number
}

export interface PolicyRule {
  name: string
  exempt_roles?: string[]
  exempt_users?: string[]
  row_filter?: unknown
  masks?: Record<string, ColumnMask>
  hidden_columns?: string[]
}

interface ScenarioRole {
  name: string
  label: Text
  help?: Text
  required: boolean
  accepts: string[]
}

export interface Scenario {
  name: string
  title: Text
  summary?: Text
  description: Text
  questions?: Text[]
  inputs: { name: string; label: Text; help?: Text; required: boolean; roles: ScenarioRole[] }[]
  params: unknown
}
