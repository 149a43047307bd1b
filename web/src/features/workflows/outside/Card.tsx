import { ChevronDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import css from './outside.module.css'

/** Something with a name that opens to its settings. */
export function Card({ icon, title, name, open: first = false, children }: { icon?: ReactNode; title: string; name: string; open?: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(first)
  return (
    <li className={css.card}>
      <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        {icon}
        <b className="ellipsis">{title}</b>
        <span className="mono faint ellipsis" style={{ marginLeft: 'auto' }}>{name}</span>
        <ChevronDown size={14} className={open ? undefined : css.turned} aria-hidden />
      </button>
      {open && <div className={css.fields}>{children}</div>}
    </li>
  )
}
