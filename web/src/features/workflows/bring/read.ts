// Files that people bring: a workflow's document, or a notebook made from one.
import { ApiError } from '@/api/client'

export interface Given {
  kind: 'workflow' | 'notebook'
  /** What the file is called, without its ending. */
  name: string
  body: Record<string, unknown>
}

/** No workflow is larger; a notebook may be, with the pictures that its cells gave. */
const MOST_BYTES = 200 << 20

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with a file, found here; the server says the rest. */
const wrong = (code: string) => new ApiError(400, code, '', null)

/**
 * Reads a file that was chosen. Whether it is a notebook, its content says and not its name.
 * Fails with `payload_too_large`, or `malformed_file` where it is neither.
 */
export async function readGiven(file: File): Promise<Given> {
  if (file.size > MOST_BYTES) throw wrong('payload_too_large')
  let body: unknown
  try {
    body = JSON.parse(await file.text())
  } catch {
    throw wrong('malformed_file')
  }
  if (!isObject(body)) throw wrong('malformed_file')
  const name = file.name.replace(/\.(ipynb|json)$/i, '')
  if (Array.isArray(body.cells)) return { kind: 'notebook', name, body: bare(body) }
  if (isObject(body.nodes) || 'format' in body) return { kind: 'workflow', name, body }
  throw wrong('malformed_file')
}

/** A notebook without what its cells gave: nobody reads it on the way back, and it may be large. */
export function bare(notebook: Record<string, unknown>): Record<string, unknown> {
  const cells = (notebook.cells as unknown[]).map((cell) => {
    if (!isObject(cell)) return cell
    const { attachments: _attached, ...rest } = cell
    return 'outputs' in rest ? { ...rest, outputs: [] } : rest
  })
  return { ...notebook, cells }
}
