// Calls by their address, with the same errors as those of the typed client.
import { rawFetch } from './client'

const BASE = '/api/v1'
type Query = Record<string, string | number | boolean | undefined>

function address(path: string, query?: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== '') params.set(name, String(value))
  const text = params.toString()
  return BASE + path + (text ? `?${text}` : '')
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await rawFetch(address(path), { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }) })
  const text = await answer.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const rest = {
  get: async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => (await rawFetch(address(path, query), { signal })).json() as Promise<T>,
  post: <T>(path: string, body: unknown = {}) => send<T>('POST', path, body),
  put: <T>(path: string, body?: unknown) => send<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', path, body),
  remove: <T = void>(path: string) => send<T>('DELETE', path),
}

export const at = (...parts: (string | number)[]): string => `/${parts.map((part) => encodeURIComponent(part)).join('/')}`
