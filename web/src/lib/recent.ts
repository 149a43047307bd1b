// Which project this browser was in last, and when a person last looked at it.
const PROJECT = 'tandem.project'
const SEEN = 'tandem.seen.'

export const rememberProject = (id: string) => localStorage.setItem(PROJECT, id)
export const lastProject = () => localStorage.getItem(PROJECT)

/** When the project's home was last left; everything newer is new to the reader. */
export const lastSeen = (projectId: string) => localStorage.getItem(SEEN + projectId)
export const markSeen = (projectId: string, at: string) => localStorage.setItem(SEEN + projectId, at)
