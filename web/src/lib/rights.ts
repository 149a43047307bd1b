// What the server says one may do in a project, under the names that pages use.
// The server decides; this only keeps what a person can't use out of their sight.

export const PROJECT_ROLES = ['guest', 'viewer', 'operator', 'analyst', 'maintainer', 'owner'] as const
export type ProjectRole = (typeof PROJECT_ROLES)[number]

const ACTIONS = {
  run: 'run',
  writeCode: 'write_code',
  create: 'create',
  edit: 'edit',
  manageMembers: 'manage_members',
  archive: 'manage',
} as const

type Ability = keyof typeof ACTIONS

export function can(project: { actions: readonly string[] } | undefined, ability: Ability): boolean {
  return project?.actions.includes(ACTIONS[ability]) ?? false
}
