import { Ellipsis, type LucideIcon } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AppLink } from '@/components/AppLink'
import css from './Frame.module.css'

export interface Place {
  href: string
  label: string
  icon: LucideIcon
  exact?: boolean
  /** What people read on a phone. */
  reading?: boolean
}

export function RailLink({ place: { href, label, icon: Icon }, here, onClick }: { place: Place; here: boolean; onClick?: () => void }) {
  return (
    <AppLink href={href} className={css.item} aria-current={here ? 'page' : undefined} title={label} onClick={onClick}>
      <Icon size={17} strokeWidth={1.75} aria-hidden />
      <span>{label}</span>
    </AppLink>
  )
}

/** The places for which a phone has no room, one touch away. */
export function More({ places, isHere }: { places: Place[]; isHere: (place: Place) => boolean }) {
  const { t } = useTranslation('shell')
  const [open, setOpen] = useState(false)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const here = places.find(isHere)
  useEffect(() => {
    if (!open) return
    box.current?.querySelector<HTMLElement>('a')?.focus()
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node) && !button.current?.contains(event.target as Node)) setOpen(false)
    }
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('keydown', escape)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('keydown', escape)
    }
  }, [open])
  return (
    <>
      <button ref={button} type="button" className={css.item} data-here={here ? '' : undefined} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen((was) => !was)}>
        <Ellipsis size={17} strokeWidth={1.75} aria-hidden />
        {/* Where one is can be read without opening it. */}
        <span>{here?.label ?? t('rail.more')}</span>
      </button>
      {open && (
        <div ref={box} id={id} className={css.more}>
          {places.map((place) => (
            <RailLink key={place.href} place={place} here={isHere(place)} onClick={() => setOpen(false)} />
          ))}
        </div>
      )}
    </>
  )
}
