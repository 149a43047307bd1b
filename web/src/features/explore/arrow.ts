// A query's answer as it streams in: record batches of Arrow, read by the grid
// without being copied into rows.
import { RecordBatchReader, Type, type DataType, type RecordBatch, type Vector } from 'apache-arrow'
import { rawFetch } from '@/api/client'
import type { GridColumn, GridSource } from '@/components/grid/source'

export interface QueryAnswer extends GridSource {
  truncated: boolean
  bytes: number
}

/** The name of an Arrow type in the words of the interface. */
export function typeName(type: DataType): string {
  switch (type.typeId) {
    case Type.Int:
      return 'integer'
    case Type.Float:
      return 'number'
    case Type.Bool:
      return 'boolean'
    case Type.Utf8:
    case Type.LargeUtf8:
      return 'text'
    case Type.Date:
      return 'date'
    case Type.Timestamp:
      return 'timestamp'
    case Type.Decimal: {
      const { precision, scale } = type as DataType & { precision: number; scale: number }
      return `decimal(${precision},${scale})`
    }
    case Type.Dictionary:
      return typeName((type as DataType & { dictionary: DataType }).dictionary)
    default:
      return type.toString().toLowerCase()
  }
}

/** An unscaled decimal with its point put in. */
export function decimalText(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits
  return negative ? `-${text}` : text
}

/** Four 32-bit words, lowest first, as a signed number. */
export function wordsToBigInt(words: Uint32Array): bigint {
  let value = 0n
  for (let i = words.length - 1; i >= 0; i -= 1) value = (value << 32n) | BigInt(words[i] ?? 0)
  return BigInt.asIntN(words.length * 32, value)
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function read(vector: Vector, type: DataType, row: number): unknown {
  const value: unknown = vector.get(row)
  if (value === null || value === undefined) return null
  switch (type.typeId) {
    case Type.Date:
    case Type.Timestamp:
      return typeof value === 'number' || typeof value === 'bigint' ? new Date(Number(value)) : value
    case Type.Decimal: {
      const { scale } = type as DataType & { scale: number }
      const text = decimalText(wordsToBigInt(value as Uint32Array), scale)
      return text.replace(/[.-]/g, '').length <= 15 ? Number(text) : text
    }
    case Type.Int:
      return typeof value === 'bigint' && value <= SAFE && value >= -SAFE ? Number(value) : value
    default:
      return value
  }
}

class Batches implements QueryAnswer {
  columns: GridColumn[] = []
  rowCount = 0
  readonly sortable = true
  truncated = false
  bytes = 0
  private types: DataType[] = []
  private batches: RecordBatch[] = []
  private starts: number[] = []
  private vectors: (Vector | null)[][] = []
  private last = 0

  open(batch: RecordBatch): void {
    this.types = batch.schema.fields.map((f) => f.type as DataType)
    this.columns = batch.schema.fields.map((f) => ({ name: f.name, type: typeName(f.type as DataType) }))
  }

  add(batch: RecordBatch): void {
    if (batch.numRows === 0) return
    this.batches.push(batch)
    this.starts.push(this.rowCount)
    this.vectors.push(this.columns.map((_, column) => batch.getChildAt(column)))
    this.rowCount += batch.numRows
  }

  cell(row: number, column: number): unknown {
    const at = this.batchOf(row)
    const vector = this.vectors[at]?.[column]
    const type = this.types[column]
    return vector && type ? read(vector, type, row - (this.starts[at] ?? 0)) : null
  }

  /** The batch that holds a row; scrolling stays near the one of before. */
  private batchOf(row: number): number {
    const inside = (at: number) => row >= (this.starts[at] ?? Infinity) && row < (this.starts[at + 1] ?? this.rowCount)
    if (inside(this.last)) return this.last
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.starts[middle] ?? 0) <= row) low = middle
      else high = middle - 1
    }
    this.last = low
    return low
  }

  /** The same rows as another object, so that what shows them looks again. */
  snapshot(): QueryAnswer {
    return Object.assign(Object.create(Batches.prototype) as Batches, this, { last: 0 })
  }
}

interface Options {
  projectId: string
  sql: string
  queryId: string
  limit: number
  signal: AbortSignal
  onRows: (answer: QueryAnswer) => void
}

/** Runs a query and hands over the rows as they arrive. */
export async function runQuery({ projectId, sql, queryId, limit, signal, onRows }: Options): Promise<QueryAnswer> {
  const response = await rawFetch(`/api/v1/projects/${projectId}/query`, {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json', Accept: 'application/vnd.apache.arrow.stream' },
    body: JSON.stringify({ sql, query_id: queryId, limit }),
  })
  const answer = new Batches()
  answer.truncated = response.headers.get('x-truncated') === 'true'
  if (!response.body) return answer
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        answer.bytes += chunk.byteLength
        controller.enqueue(chunk)
      },
    }),
  )
  const reader = await RecordBatchReader.from(counted)
  await reader.open()
  if (reader.schema) {
    const fields = reader.schema.fields
    answer.columns = fields.map((f) => ({ name: f.name, type: typeName(f.type as DataType) }))
  }
  let shown = 0
  let first = true
  for await (const batch of reader) {
    if (first) answer.open(batch)
    first = false
    answer.add(batch)
    // The first rows at once, then at most a few times a second.
    const now = performance.now()
    if (now - shown > 250) {
      shown = now
      onRows(answer.snapshot())
    }
  }
  return answer.snapshot()
}
