import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'

const KNOWN = new Set([
  'offline', 'unauthenticated', 'wrong_credentials', 'expired', 'csrf_rejected', 'forbidden', 'scope_too_small', 'not_found',
  'already_exists', 'version_conflict', 'state_conflict', 'payload_too_large', 'unsupported_format', 'malformed_file',
  'truncated_file', 'invalid_encoding', 'archive_too_large', 'record_too_long', 'too_many_rejects', 'schema_mismatch',
  'invalid_key', 'quality_failed', 'path_not_allowed', 'host_not_allowed', 'source_unavailable', 'invalid_sql', 'sql_not_allowed',
  'unknown_table', 'unknown_column', 'compute_failed', 'memory_limit', 'time_limit', 'row_limit', 'too_many_requests', 'not_enough_data',
  'did_not_converge', 'cancelled', 'storage_full', 'unavailable', 'internal', 'invalid_request', 'invalid_parameter',
])

/** The words for an error: the code's title in the reader's language, and the server's message as detail. */
export function useErrorWords(): (error: unknown) => { title: string; text: string } {
  const { t } = useTranslation()
  return useCallback(
    (error) => {
      const code = error instanceof ApiError ? error.code : isCoded(error) ? error.code : 'internal'
      const known = KNOWN.has(code) ? code : 'internal'
      const title = t(`error.code.${known}` as 'error.code.internal')
      const message = error instanceof Error || isCoded(error) ? error.message : ''
      return { title, text: message || t(`error.hint.${hint(error)}` as 'error.hint.other') }
    },
    [t],
  )
}

export function useErrorText(error: unknown): { title: string; text: string } {
  return useErrorWords()(error)
}

function hint(error: unknown): string {
  if (!(error instanceof ApiError)) return 'other'
  if (error.offline) return 'offline'
  if (error.status === 403) return 'forbidden'
  if (error.status === 404) return 'notFound'
  return 'other'
}

function isCoded(value: unknown): value is { code: string; message: string } {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
