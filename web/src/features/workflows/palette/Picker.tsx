import type { LucideIcon } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Palette.module.css'

interface Option<T> {
  key: string
  icon: LucideIcon
  title: string
  text: string
  value: T
}

interface Props<T> {
  label: string
  placeholder: string
  hint: string | null
  /** Where on the screen. */
  at: { x: number; y: number }
  find: (text: string) => Option<T>[]
  onPick: (value: T) => void
  onClose: () => void
}

const WIDTH = 320
const HEIGHT = 390

/** A list that one types into and picks from, at a place on the screen. */
export function Picker<T>({ label, placeholder, hint, at, find, onPick, onClose }: Props<T>) {
  const { t } = useTranslation('workflows')
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const options = find(text)
  const now = Math.min(active, options.length - 1)
  useEffect(() => {
    const outside = (event: PointerEvent) => event.target instanceof Node && !box.current?.contains(event.target) && onClose()
    window.addEventListener('pointerdown', outside, { capture: true })
    return () => window.removeEventListener('pointerdown', outside, { capture: true })
  }, [onClose])
  useEffect(() => {
    document.getElementById(`${id}-${now}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, now])
  const pick = (index: number) => {
    const option = options[index]
    if (!option) return
    onClose()
    onPick(option.value)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter') pick(now)
    else if (event.key === 'ArrowDown') setActive(Math.min(options.length - 1, now + 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(0, now - 1))
    else return
    event.preventDefault()
  }
  const left = Math.max(8, Math.min(at.x, window.innerWidth - WIDTH - 8))
  const top = Math.max(56, Math.min(at.y, window.innerHeight - HEIGHT - 8))
  return (
    <div ref={box} className={css.quick} style={{ left, top, width: WIDTH }} role="dialog" aria-label={label}>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={options.length ? `${id}-${now}` : undefined}
        aria-label={label}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      {hint && <div className={css.fitting}>{hint}</div>}
      <ul className={css.options} id={`${id}-list`} role="listbox" aria-label={label}>
        {options.length === 0 && <li className="small soft" style={{ padding: '6px 8px' }}>{t('quick.none')}</li>}
        {options.map(({ key, icon: Icon, title, text: about }, index) => (
          <li key={key} id={`${id}-${index}`} role="option" aria-selected={index === now} className={css.option} onPointerMove={() => setActive(index)} onClick={() => pick(index)}>
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            <b>{title}</b>
            <span>{about}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
