import { Table, type TableProps } from 'antd'
import { useEffect, useRef } from 'react'

/** A table of few rows. Where it is wider than its place it scrolls, with the keyboard too. */
export function DataTable<T extends object>({ label, ...props }: TableProps<T> & { label: string }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const content = box.current?.querySelector<HTMLElement>('.ant-table-content')
    if (!content) return
    const look = () => {
      const scrolls = content.scrollWidth > content.clientWidth + 1
      if (scrolls) Object.entries({ tabindex: '0', role: 'region', 'aria-label': label }).forEach(([name, value]) => content.setAttribute(name, value))
      else ['tabindex', 'role', 'aria-label'].forEach((name) => content.removeAttribute(name))
    }
    look()
    const sizes = new ResizeObserver(look)
    sizes.observe(content)
    return () => sizes.disconnect()
  })
  return (
    <div ref={box}>
      <Table<T> size="small" pagination={false} scroll={{ x: 'max-content' }} {...props} />
    </div>
  )
}
