// Components of a project: what ships, what people packaged, and what differs between versions.
import { queryOptions } from '@tanstack/react-query'
import { keys } from './keys'
import { at, rest } from './rest'
import type { Asset, User } from './types'
import type { ComponentRef, EditsAnswer, PortRef, Signature, Text, Workflow } from './workflow'

export interface Entry {
  signature: Signature
  asset_id: string | null
  project_id: string | null
  shared: boolean
  starred: boolean
  author: User | null
  updated_at: string | null
  rights: string[]
}

export interface PackageVersion {
  seq: number
  message: string
  author: User
  created_at: string
  withdrawn: { reason: string | null; at: string } | null
}

export interface PackageDetail {
  signature: Signature
  pages: Record<'en' | 'zh-CN', string>
  package: {
    asset_id: string
    project_id: string
    seq: number
    shared: boolean
    rights: string[]
    versions: PackageVersion[]
    workflow: Workflow | null
  } | null
  starred: boolean
}

export interface PackageChange {
  part: 'input' | 'output' | 'parameter' | 'words' | 'inside'
  name: string
  change: 'added' | 'removed' | 'changed'
  breaking: boolean
  before: unknown
  after: unknown
  message: Text
}

export interface PackageChanges {
  from: number
  to: number
  breaking: boolean
  changes: PackageChange[]
}

export interface ChosenParam {
  name: string
  node: string
  param: string
  label: Text
  help?: Text
  default?: unknown
  required?: boolean
}
export interface ChosenInput {
  name: string
  to: PortRef[]
  label: Text
  help?: Text
}
export interface ChosenOutput {
  name: string
  from: PortRef
  label: Text
  help?: Text
}

/** What becomes a component, and what it shows. */
export interface Choice {
  nodes: string[]
  name: string
  version: number
  category: 'own'
  title: Text
  summary: Text
  help: Text
  params: ChosenParam[]
  inputs: ChosenInput[]
  outputs: ChosenOutput[]
}

export interface Packaged {
  asset: Asset
  seq: number
  component: ComponentRef
  signature: Signature
  edited: EditsAnswer | null
}

/** A component as the canvas knows it: what it doesn't have may be left out. */
const whole = (signature: Partial<Signature>): Signature => ({ inputs: [], outputs: [], params: {}, ...signature }) as Signature

export const packagesQuery = (project: string) =>
  queryOptions({
    queryKey: keys.packages(project),
    queryFn: async () => (await rest.get<{ items: Entry[] }>(at('projects', project, 'components'))).items.map((entry) => ({ ...entry, signature: whole(entry.signature) })),
    staleTime: 60_000,
  })

export const packageQuery = (project: string, name: string, version?: number) =>
  queryOptions({
    queryKey: keys.package(project, name, version),
    queryFn: async () => {
      const detail = await rest.get<PackageDetail>(at('projects', project, 'components', name), { version })
      return { ...detail, signature: whole(detail.signature) }
    },
    staleTime: 60_000,
  })

export const packageChangesQuery = (project: string, name: string, from: number, to?: number) =>
  queryOptions({
    queryKey: keys.packageChanges(project, name, from, to),
    queryFn: () => rest.get<PackageChanges>(at('projects', project, 'components', name, 'changes'), { from, to }),
    staleTime: 60_000,
  })

export const setStar = (project: string, name: string, on: boolean) => (on ? rest.put<void>(at('projects', project, 'components', name, 'star')) : rest.remove(at('projects', project, 'components', name, 'star')))

export const suggestPackage = (workflow: string, body: { nodes: string[]; title: Text; component_id?: string }) => rest.post<{ choice: Choice }>(at('workflows', workflow, 'package', 'suggest'), body)

export const makePackage = (workflow: string, body: { choice: Choice; name: string; message?: string; component_id?: string; replace?: { node: string; client: string } }) =>
  rest.post<Packaged>(at('workflows', workflow, 'package'), body)

export const withdrawVersion = (asset: string, seq: number, body: { withdrawn: boolean; reason?: string }) => rest.put<void>(at('components', asset, 'versions', seq, 'withdrawn'), body)
export const sharePackage = (asset: string, organization: boolean) => rest.put<void>(at('components', asset, 'shared'), { organization })
