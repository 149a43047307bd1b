import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import css from './Tabs.module.css'

interface Item {
  key: string
  label: ReactNode
  children?: ReactNode
}

interface Props {
  items: Item[]
  activeKey: string | undefined
  onChange: (key: string) => void
  size?: 'small'
  className?: string
}

/** What stays in sight beside the chosen tab, so that it isn't where the strip fades. */
const ROOM = 48

/** Tabs in a line that scrolls where it has no room: by touch, by wheel, and with the arrow keys. */
export function Tabs({ items, activeKey, onChange, size, className }: Props) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const active = items.find((item) => item.key === activeKey) ?? items[0]
  useEffect(() => {
    const strip = list.current
    const tab = strip?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (!strip || !tab) return
    // The strip alone is scrolled: scrollIntoView would move the page.
    if (tab.offsetLeft - ROOM < strip.scrollLeft) strip.scrollLeft = tab.offsetLeft - ROOM
    else if (tab.offsetLeft + tab.offsetWidth + ROOM > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = tab.offsetLeft + tab.offsetWidth - strip.clientWidth + ROOM
  }, [active?.key])
  useEdges(list)
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const tabs = [...(list.current?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])]
    const at = tabs.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined || at < 0) return
    event.preventDefault()
    tabs[(to + tabs.length) % tabs.length]?.focus()
  }
  return (
    <>
      <div ref={list} role="tablist" className={[css.list, size && css.small, className].filter(Boolean).join(' ')} onKeyDown={onKey}>
        {items.map((item) => (
          <button
            key={item.key}
            type="button"
            role="tab"
            id={`${id}-${item.key}`}
            aria-selected={item === active}
            aria-controls={item === active && item.children ? `${id}-panel` : undefined}
            tabIndex={item === active ? 0 : -1}
            className={css.tab}
            onClick={() => onChange(item.key)}
          >
            {item.label}
          </button>
        ))}
      </div>
      {active?.children && (
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${active.key}`}>
          {active.children}
        </div>
      )}
    </>
  )
}

/** Says on the strip at which end there is more, so that it fades there. */
function useEdges(list: React.RefObject<HTMLDivElement | null>) {
  useEffect(() => {
    const strip = list.current
    if (!strip) return
    const look = () => {
      strip.toggleAttribute('data-before', strip.scrollLeft > 4)
      strip.toggleAttribute('data-after', strip.scrollLeft + strip.clientWidth < strip.scrollWidth - 4)
    }
    look()
    const sizes = new ResizeObserver(look)
    sizes.observe(strip)
    strip.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      strip.removeEventListener('scroll', look)
    }
  }, [list])
}
