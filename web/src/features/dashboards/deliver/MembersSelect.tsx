import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { projectMembersQuery } from '@/api/queries'
import { useProjectId } from '@/lib/router'

/** Addresses: of members of the project, or typed. */
export function MembersSelect({ value, most, label, onChange }: { value: string[]; most: number; label: string; onChange: (value: string[]) => void }) {
  const members = useQuery(projectMembersQuery(useProjectId()))
  const options = (members.data ?? []).map(({ user }) => ({ value: user.email, label: user.name ? `${user.name} <${user.email}>` : user.email }))
  return <Select mode="tags" value={value} maxCount={most} aria-label={label} tokenSeparators={[',', ';', ' ', '\uff0c', '\uff1b']} onChange={(next: string[]) => onChange(next.map((one) => one.trim()).filter(Boolean))} options={options} optionFilterProp="label" />
}
