import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSession } from '@/api/queries'
import { ErrorState } from '@/components/states'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { Frame } from './frame/Frame'

/** Everything behind the sign-in: the frame around the page, or the way to sign in. */
export function Root() {
  const session = useSession()
  const go = useGo()
  const missing = session.data === null
  useEffect(() => {
    if (missing) {
      const here = window.location.pathname + window.location.search
      go(urls.signIn(here === '/' ? undefined : here), { replace: true })
    }
  }, [missing, go])
  if (session.isError && !session.data) return <ErrorState error={session.error} retry={() => void session.refetch()} />
  if (!session.data) return null
  return (
    <Frame session={session.data}>
      <Outlet />
    </Frame>
  )
}
