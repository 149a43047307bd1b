/** Columns by role. */
type Mapping = Record<string, string | undefined>

/** Which column plays each role: as in an earlier run where its column is still there, else as suggested. */
export function mapping(roles: string[], columns: string[], suggested: Mapping, earlier?: Mapping): Mapping {
  return Object.fromEntries(
    roles.map((role) => {
      const kept = earlier?.[role]
      // What was left out on purpose stays out.
      if (earlier && kept === undefined) return [role, undefined]
      return [role, kept !== undefined && columns.includes(kept) ? kept : suggested[role]]
    }),
  )
}
