// Sends a file as it is read, with progress; fetch has no progress for uploads.
import { ApiError, csrfHeader, toApiError } from '@/api/client'

export interface Uploaded {
  id: string
  name: string
  bytes: number
}

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
