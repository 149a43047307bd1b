// Light, dark or as the system says; kept in this browser and with the person.
import { useSyncExternalStore } from 'react'
import { SCHEMES } from './palette'
import { useMedia } from './useMedia'

export type ThemeChoice = 'light' | 'dark' | 'system'
const STORED = 'tandem.theme'
const listeners = new Set<() => void>()

function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function setTheme(choice: ThemeChoice): void {
  localStorage.setItem(STORED, choice)
  listeners.forEach((listener) => listener())
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore((changed) => {
    listeners.add(changed)
    return () => listeners.delete(changed)
  }, themeChoice)
}

export function useThemeMode(): 'light' | 'dark' {
  const choice = useThemeChoice()
  const dark = useMedia('(prefers-color-scheme: dark)')
  return choice === 'system' ? (dark ? 'dark' : 'light') : choice
}

/** The scheme as custom properties, for style sheets. */
export function applyScheme(mode: 'light' | 'dark'): void {
  const root = document.documentElement
  root.dataset.theme = mode
  root.style.colorScheme = mode
  for (const [name, value] of Object.entries(SCHEMES[mode])) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value)
  }
}
