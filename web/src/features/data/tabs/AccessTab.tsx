import { Access } from '@/components/asset/Access'
import { useNarrow } from '@/lib/useMedia'
import { Policies } from '../access/Policies'
import type { TabProps } from './types'

/** Who may do what, what they see of it, and who asks. */
export function AccessTab({ asset, seq }: TabProps) {
  const narrow = useNarrow()
  return (
    <Access asset={asset}>
      <Policies asset={asset} seq={seq} editable={asset.rights.includes('manage') && !narrow} />
    </Access>
  )
}
