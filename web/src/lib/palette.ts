// The one palette of the product. The eight categorical colours are told apart
// by people with any common colour blindness and stand out from their ground; a
// category keeps its place in the list on every page. The same list as in
// crates/tandem-report/src/palette.rs (a test compares them).
export const PALETTE = {
  light: ['#0F766E', '#F0632E', '#6F86F2', '#7F5402', '#8743DD', '#AC8599', '#113266', '#722023'],
  dark: ['#2DD4BF', '#F0602A', '#5E78E0', '#F3D953', '#B393FD', '#976E83', '#BDEEFE', '#F2A96B'],
} as const

export type Mode = 'light' | 'dark'

export function colour(mode: Mode, index: number): string {
  const list = PALETTE[mode]
  return list[((index % list.length) + list.length) % list.length] ?? list[0]
}

export interface Scheme {
  accent: string
  ground: string
  raised: string
  sunken: string
  line: string
  lineStrong: string
  ink: string
  inkSoft: string
  inkFaint: string
  warn: string
  fail: string
  good: string
  stale: string
  fill: string
}

export const SCHEMES: Record<'light' | 'dark', Scheme> = {
  light: {
    accent: '#0F766E', ground: '#FFFFFF', raised: '#FFFFFF', sunken: '#F6F8F8', line: '#E3E8E8', lineStrong: '#C6CFCF',
    ink: '#14201F', inkSoft: '#4A5756', inkFaint: '#677472', warn: '#B45309', fail: '#B91C1C', good: '#15803D',
    stale: '#6B7280', fill: '#E7F2F0',
  },
  dark: {
    accent: '#2DD4BF', ground: '#0E1413', raised: '#151C1B', sunken: '#121918', line: '#26302F', lineStrong: '#3B4847',
    ink: '#E6EDEC', inkSoft: '#AEBBB9', inkFaint: '#8A9896', warn: '#F59E0B', fail: '#F87171', good: '#4ADE80',
    stale: '#9CA3AF', fill: '#12302C',
  },
}
