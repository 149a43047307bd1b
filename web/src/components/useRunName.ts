import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { scenariosQuery } from '@/api/queries'
import type { Run } from '@/api/types'
import { words } from '@/lib/format'
import { useLang } from '@/lib/i18n'

/** What a run is called: a scenario by its title and its data, an import by its dataset. */
export function useRunName(): (run: Pick<Run, 'kind' | 'name' | 'inputs'>) => string {
  const lang = useLang()
  const scenarios = useQuery(scenariosQuery)
  return useCallback(
    (run) => {
      if (run.kind !== 'scenario') return run.name
      const title = scenarios.data?.find((s) => s.name === run.name)?.title
      const data = run.inputs.map((input) => input.asset?.name).filter(Boolean)
      return [title ? words(lang, title) : run.name, ...data].join(' · ')
    },
    [lang, scenarios.data],
  )
}
