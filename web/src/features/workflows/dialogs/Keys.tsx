import { Kbd } from '@/components/bits'
import { isMac, shownKeys } from '../model/keyboard'

/** Keys as they stand on the keyboard. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="nowrap" style={{ display: 'inline-flex', gap: 3 }}>
      {shownKeys(keys, isMac()).map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  )
}
