import { createContext, useContext } from 'react'
import type { Sync } from './sync'

const IDLE: Sync = { flush: () => Promise.resolve(), retry: () => undefined, discard: () => undefined, pointer: () => undefined, stop: () => undefined }
const SyncContext = createContext<Sync>(IDLE)
export const SyncProvider = SyncContext.Provider
export const useSync = (): Sync => useContext(SyncContext)
