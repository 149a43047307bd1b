// What a project role may do on screen. The server decides; this only keeps
// what a person can't use out of their sight. A guest is an outside expert: may
// query and run on what was granted, and makes nothing of their own.

export type ProjectRole = 'guest' | 'viewer' | 'operator' | 'analyst' | 'maintainer' | 'owner'

export const PROJECT_ROLES: ProjectRole[] = ['guest', 'viewer', 'operator', 'analyst', 'maintainer', 'owner']

const WHO = {
  run: ['guest', 'operator', 'analyst', 'maintainer', 'owner'],
  writeCode: ['guest', 'analyst', 'maintainer', 'owner'],
  create: ['operator', 'analyst', 'maintainer', 'owner'],
  manageMembers: ['maintainer', 'owner'],
  deleteProject: ['owner'],
} as const satisfies Record<string, readonly ProjectRole[]>

export type Ability = keyof typeof WHO

export function can(role: string | null | undefined, ability: Ability): boolean {
  return (WHO[ability] as readonly string[]).includes(role ?? '')
}
