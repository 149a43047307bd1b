// What was asked before, in this browser, a list for each project.

export interface Asked {
  sql: string
  at: string
  rows: number | null
  failed: boolean
}

const MOST = 50
const key = (projectId: string) => `tandem.sql.${projectId}`

export function remembered(projectId: string): Asked[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key(projectId)) ?? '[]')
    return Array.isArray(list) ? (list as Asked[]) : []
  } catch {
    return []
  }
}

/** The same statement again moves to the top instead of standing twice. */
export function remember(projectId: string, entry: Asked): Asked[] {
  const list = [entry, ...remembered(projectId).filter((old) => old.sql !== entry.sql)].slice(0, MOST)
  localStorage.setItem(key(projectId), JSON.stringify(list))
  return list
}
