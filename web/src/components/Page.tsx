import { useEffect, type ReactNode } from 'react'
import { AppLink } from './AppLink'
import css from './Page.module.css'

interface PageProps {
  title: string
  heading?: ReactNode
  sub?: ReactNode
  actions?: ReactNode
  /** Where this page hangs: the way back up. */
  up?: { href: string; label: string }
  children: ReactNode
}

/** The name of the page in the window's title. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Tandem` : 'Tandem'
  }, [title])
}

export function Page({ title, heading, sub, actions, up, children }: PageProps) {
  useTitle(title)
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div style={{ minWidth: 0 }}>
          {up && (
            <nav className={`${css.crumb} no-print`}>
              <AppLink href={up.href}>{up.label}</AppLink> /
            </nav>
          )}
          <h1 className={css.title}>{heading ?? title}</h1>
          {sub && <p className={css.sub}>{sub}</p>}
        </div>
        {actions && <div className={`${css.actions} no-print`}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export function FullPage({ title, flush, children }: { title: string; flush?: boolean; children: ReactNode }) {
  useTitle(title)
  return <div className={`${css.page} ${css.full} ${flush ? css.flush : ''}`}>{children}</div>
}

export function PageSection({ title, extra, children }: { title: ReactNode; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <h2>{title}</h2>
        {extra}
      </div>
      {children}
    </section>
  )
}
