// The typed client of the server. Errors of every kind come out as ApiError.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

/** The shapes of the contract. */
export type Shapes = components['schemas']

/** A shape of the contract, with what it only says to be an object or a text said further. Names that it doesn't have are refused. */
export type Refined<T, R extends Partial<T>> = Omit<T, keyof R> & R

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message)
    this.name = 'ApiError'
  }
  /** No answer came: the network or the server is away. */
  get offline() {
    return this.status === 0
  }
}

let csrf: string | null = null

/** Every write carries the token of the session. */
export function setCsrfToken(token: string | null): void {
  csrf = token
}

export function csrfHeader(): Record<string, string> {
  return csrf ? { 'X-CSRF-Token': csrf } : {}
}

export const api = createClient<paths>({ baseUrl: '', credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('X-CSRF-Token', csrf)
    return request
  },
})

/** What the server said was wrong, whatever the form it came in. */
export function toApiError(status: number, body: unknown, requestId: string | null): ApiError {
  const b = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const text = (key: string) => (typeof b[key] === 'string' ? (b[key] as string) : null)
  return new ApiError(status, text('code') ?? (status >= 500 ? 'internal' : 'invalid_request'), text('message') ?? '', text('request_id') ?? requestId)
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer, or an ApiError. */
export async function call<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await pending
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'offline', '', null)
  }
  if (answer.response.ok) return answer.data as T
  throw toApiError(answer.response.status, answer.error, answer.response.headers.get('x-request-id'))
}

/** The same for answers that the contract describes no further than as objects; see types.ts. */
export async function callAs<T>(pending: Promise<Answer<unknown>>): Promise<T> {
  return (await call(pending)) as T
}

/** A request outside the typed client (streams, uploads), with the same errors. */
export async function rawFetch(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init, headers: { ...csrfHeader(), ...init.headers } })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'offline', '', null)
  }
  if (response.ok) return response
  throw toApiError(response.status, await response.json().catch(() => null), response.headers.get('x-request-id'))
}
