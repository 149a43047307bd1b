import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { useErrorWords } from './useErrorText'

interface Options<V, T> {
  /** What the change makes out of date. */
  touches?: QueryKey[] | ((data: T, input: V) => QueryKey[])
  /** Said when it worked. */
  done?: string
  onSuccess?: (data: T, input: V) => void
  /** Where the error is shown in place, no notice is raised. */
  quiet?: boolean
}

/** A change on the server: refreshes what it touches, and tells what went wrong. */
export function useMutate<V = void, T = unknown>(run: (input: V) => Promise<T>, options: Options<V, T> = {}) {
  const client = useQueryClient()
  const { notification, message } = App.useApp()
  const errorWords = useErrorWords()
  const { t } = useTranslation()
  return useMutation<T, Error, V>({
    mutationFn: run,
    onSuccess: (data, input) => {
      const touches = typeof options.touches === 'function' ? options.touches(data, input) : (options.touches ?? [])
      for (const queryKey of touches) void client.invalidateQueries({ queryKey })
      if (options.done) void message.success(options.done)
      options.onSuccess?.(data, input)
    },
    onError: (error) => {
      // Who gave it up knows.
      if (options.quiet || (error instanceof DOMException && error.name === 'AbortError')) return
      const { title, text, detail } = errorWords(error)
      const id = error instanceof ApiError && error.requestId ? `${t('error.requestId')} ${error.requestId}` : null
      const description = [text, detail, id].filter(Boolean).join('\n')
      notification.error({ title, description, placement: 'bottomRight', duration: 8, styles: { description: { whiteSpace: 'pre-line' } } })
    },
  })
}
