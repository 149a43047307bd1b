// A figure under the heading that its block has, as files have it. Pure.
import type { Block } from '@/components/report/document'
import type { Text } from '@/lib/format'

/** Whether anything has been written. */
export const says = (text: Text | undefined | null): text is Text => Boolean(text && (text.en.trim() || text['zh-CN'].trim()))

/** What is drawn, and the heading above it where no single drawing takes it as its own. */
export function titled(title: Text | undefined, blocks: Block[]): { heading: Text | null; blocks: Block[] } {
  if (!says(title)) return { heading: null, blocks }
  const bearing = blocks.filter((block) => block.type === 'chart' || block.type === 'table')
  if (bearing.length !== 1) return { heading: title, blocks }
  return { heading: null, blocks: blocks.map((block) => (block.type === 'chart' || block.type === 'table' ? { ...block, title } : block)) }
}
