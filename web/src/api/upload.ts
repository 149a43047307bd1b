// A file on its way to the server, and into a dataset.
import { api, ApiError, call, csrfHeader, toApiError, type Shapes } from './client'
import type { Run } from './types'

type Uploaded = Shapes['UploadDto']

/** Sends a file as it is read, with progress; fetch has no progress for uploads. */
export function upload(projectId: string, file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/projects/${projectId}/uploads?name=${encodeURIComponent(file.name)}`)
    request.responseType = 'json'
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    for (const [name, value] of Object.entries(csrfHeader())) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Uploaded)
      else reject(toApiError(request.status, request.response, request.getResponseHeader('x-request-id')))
    }
    request.onerror = () => reject(new ApiError(0, 'offline', '', null))
    request.onabort = () => reject(new DOMException('Aborted', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

/** Makes a dataset of a file, read as the server understands it; its id, once it is there. `onProgress` hears the share that was sent. */
export async function importFile(projectId: string, file: File, onProgress: (share: number) => void): Promise<string> {
  const sent = await upload(projectId, file, (bytes) => onProgress(Math.min(0.99, bytes / Math.max(1, file.size))), new AbortController().signal)
  onProgress(1)
  // A name of its own, so that the same file may come again.
  const name = `${file.name.replace(/\.[^.]+$/, '')} ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`
  const started = await call(
    api.POST('/api/v1/projects/{project_id}/import', {
      params: { path: { project_id: projectId } },
      body: { source: { type: 'upload', upload_id: sent.id }, target: { name }, mode: 'replace' },
    }),
  )
  const run = await ended(started.id)
  const dataset = run.outputs[0]?.asset?.id
  if (run.state === 'succeeded' && dataset) return dataset
  throw new ApiError(409, run.error?.code ?? 'cancelled', run.error?.message ?? '', null)
}

/** Follows a run by its stream, which ends with it. */
function ended(id: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/api/v1/runs/${encodeURIComponent(id)}/events`)
    source.addEventListener('run', (event) => {
      const run = JSON.parse((event as MessageEvent<string>).data) as Run
      if (run.state === 'queued' || run.state === 'running') return
      source.close()
      resolve(run)
    })
    source.onerror = () => {
      // The browser comes again by itself, unless the server refused.
      if (source.readyState === EventSource.CLOSED) reject(new ApiError(0, 'offline', '', null))
    }
  })
}
