import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { projectsQuery } from '@/api/queries'
import { ErrorState, Loading } from '@/components/states'
import { lastProject } from '@/lib/recent'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'

/** The way in: the project of last time, the only project, or the list. */
export function Start() {
  const go = useGo()
  const projects = useQuery(projectsQuery)
  const list = projects.data
  useEffect(() => {
    if (!list) return
    const last = lastProject()
    const target = list.find((p) => p.id === last) ?? (list.length === 1 ? list[0] : undefined)
    go(target ? urls.home(target.id) : urls.projects(), { replace: true })
  }, [list, go])
  if (projects.isError) return <ErrorState error={projects.error} retry={() => void projects.refetch()} />
  return <Loading />
}
