// The address as state: what a page shows is read from the address and written
// to it, so that a link shows a colleague the same thing.
import { useRouter, useRouterState } from '@tanstack/react-router'
import { useCallback } from 'react'

export function usePath(): string {
  return useRouterState({ select: (s) => s.location.pathname })
}

export function useGo(): (href: string, options?: { replace?: boolean }) => void {
  const router = useRouter()
  return useCallback(
    (href, options) => {
      if (options?.replace) router.history.replace(href)
      else router.history.push(href)
    },
    [router],
  )
}

/** One parameter of the address. Setting it to the fallback takes it out. */
export function useParam(name: string, fallback = ''): [string, (value: string) => void] {
  const search = useRouterState({ select: (s) => s.location.searchStr })
  const value = new URLSearchParams(search).get(name) ?? fallback
  const set = useSetParams()
  return [value, useCallback((next: string) => set({ [name]: next === fallback ? undefined : next }), [set, name, fallback])]
}

/** Changes several parameters of the address at once, without a new entry in the history. */
export function useSetParams(): (changes: Record<string, string | undefined>) => void {
  const router = useRouter()
  return useCallback(
    (changes) => {
      const { pathname, searchStr } = router.latestLocation
      const params = new URLSearchParams(searchStr)
      for (const [key, value] of Object.entries(changes)) {
        if (value === undefined || value === '') params.delete(key)
        else params.set(key, value)
      }
      const text = params.toString()
      router.history.replace(text ? `${pathname}?${text}` : pathname)
    },
    [router],
  )
}

/** The project in the address; pages below /projects/… always have one. */
export function useProjectId(): string {
  return useRouterState({ select: (s) => decodeURIComponent(/^\/projects\/([^/]+)/.exec(s.location.pathname)?.[1] ?? '') })
}
