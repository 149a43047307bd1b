import { ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { SCHEMES } from '@/lib/palette'
import { useThemeMode } from '@/lib/theme'

/** Fields that are there to be read: what can't be changed here is as plain to see as what can. */
export function Readable({ children }: { children: ReactNode }) {
  const { ink, raised } = SCHEMES[useThemeMode()]
  return <ConfigProvider theme={{ token: { colorTextDisabled: ink, colorBgContainerDisabled: raised } }}>{children}</ConfigProvider>
}
