import { queryOptions } from '@tanstack/react-query'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'

export const orgMembersQuery = queryOptions({
  queryKey: keys.orgMembers,
  queryFn: async () => (await call(api.GET('/api/v1/org/members', { params: { query: { limit: 200 } } }))).items,
})
