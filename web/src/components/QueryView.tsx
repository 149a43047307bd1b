import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState, Loading } from './states'

interface Props<T> {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
  /** Shown instead of the children where there is nothing. */
  empty?: ReactNode
  isEmpty?: (data: T) => boolean
  loading?: ReactNode
  forbidden?: ReactNode
  inline?: boolean
}

/** The four states of anything that comes from the server. */
export function QueryView<T>({ query, children, empty, isEmpty, loading, forbidden, inline }: Props<T>) {
  if (query.data !== undefined) {
    const none = isEmpty ? isEmpty(query.data) : Array.isArray(query.data) && query.data.length === 0
    return <>{none && empty !== undefined ? empty : children(query.data)}</>
  }
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} forbidden={forbidden} inline={inline} />
  return <>{loading ?? <Loading />}</>
}
