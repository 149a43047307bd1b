import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useProject } from '@/api/queries'
import { QueryView } from '@/components/QueryView'
import { rememberProject } from '@/lib/recent'
import { useProjectId } from '@/lib/router'

/** Pages of a project open only once the project itself could be read. */
export function ProjectGate() {
  const projectId = useProjectId()
  const project = useProject(projectId)
  const known = project.data?.id
  useEffect(() => {
    if (known) rememberProject(known)
  }, [known])
  return <QueryView query={project}>{() => <Outlet key={projectId} />}</QueryView>
}
