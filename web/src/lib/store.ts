// A value that components watch by parts: each is drawn anew only when its own
// part changes.
import { useCallback, useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  set(change: Partial<T> | ((old: T) => Partial<T>)): void
  subscribe(listener: () => void): () => void
}

export function createStore<T extends object>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (change) => {
      const part = typeof change === 'function' ? change(value) : change
      if ((Object.keys(part) as (keyof T)[]).every((key) => Object.is(part[key], value[key]))) return
      value = { ...value, ...part }
      listeners.forEach((listener) => listener())
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A part of a store. The selector gives something that stays the same while its part does. */
export function useStore<T extends object, R>(store: Store<T>, select: (value: T) => R): R {
  const snapshot = useCallback(() => select(store.get()), [store, select])
  return useSyncExternalStore(store.subscribe, snapshot)
}
