// Components of a project: what ships, what people packaged, and what differs between versions.
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Refined, type Shapes } from './client'
import { keys } from './keys'
import { whole, type ComponentRef, type EditsAnswer, type PortRef, type Signature, type Text, type Workflow } from './workflow'

export type Entry = Refined<Shapes['EntryDto'], { signature: Signature }>
export type PackageVersion = Shapes['PackageVersion']
export type PackageDetail = Refined<
  Shapes['ComponentPageDto'],
  { signature: Signature; package: Refined<Shapes['PackageInfo'], { workflow: Workflow | null }> | null }
>
type PackageChange = {
  part: 'input' | 'output' | 'parameter' | 'words' | 'inside'
  name: string
  change: 'added' | 'removed' | 'changed'
  breaking: boolean
  before: unknown
  after: unknown
  message: Text
}
type PackageChanges = Refined<Shapes['ChangesDto'], { changes: PackageChange[] }>
export type Packaged = Refined<Shapes['PackageDto'], { component: ComponentRef; signature: Signature; edited: EditsAnswer | null }>

export type ChosenParam = {
  name: string
  node: string
  param: string
  label: Text
  help?: Text
  default?: unknown
  required?: boolean
}
type ChosenInput = {
  name: string
  to: PortRef[]
  label: Text
  help?: Text
}
type ChosenOutput = {
  name: string
  from: PortRef
  label: Text
  help?: Text
}

/** What becomes a component, and what it shows: crates/tandem-flow. */
export type Choice = {
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

export const packagesQuery = (project_id: string) =>
  queryOptions({
    queryKey: keys.packages(project_id),
    queryFn: async (): Promise<Entry[]> => {
      const { items } = await call(api.GET('/api/v1/projects/{project_id}/components', { params: { path: { project_id } } }))
      return items.map((entry) => ({ ...entry, signature: whole(entry.signature) }))
    },
    staleTime: 60_000,
  })

export const packageQuery = (project_id: string, component: string, version?: number) =>
  queryOptions({
    queryKey: keys.package(project_id, component, version),
    queryFn: async () => {
      const detail = await call(api.GET('/api/v1/projects/{project_id}/components/{component}', { params: { path: { project_id, component }, query: { version } } }))
      return { ...detail, signature: whole(detail.signature) } as PackageDetail
    },
    staleTime: 60_000,
  })

export const packageChangesQuery = (project_id: string, component: string, from: number, to?: number) =>
  queryOptions({
    queryKey: keys.packageChanges(project_id, component, from, to),
    queryFn: () =>
      call(api.GET('/api/v1/projects/{project_id}/components/{component}/changes', { params: { path: { project_id, component }, query: { from, to } } })) as Promise<PackageChanges>,
    staleTime: 60_000,
  })

export function setStar(project_id: string, component: string, on: boolean) {
  const of = { params: { path: { project_id, component } } }
  return call(on ? api.PUT('/api/v1/projects/{project_id}/components/{component}/star', of) : api.DELETE('/api/v1/projects/{project_id}/components/{component}/star', of))
}

export const suggestPackage = (workflow_id: string, body: { nodes: string[]; title: Text; component_id?: string }) =>
  call(
    api.POST('/api/v1/workflows/{workflow_id}/package/suggest', {
      params: { path: { workflow_id } },
      // The contract has the shape of a scenario's suggestions under the same name.
      body: body as unknown as Shapes['SuggestBody'],
    }),
  ) as Promise<{ choice: Choice }>

export const makePackage = (workflow_id: string, body: Refined<Shapes['PackageBody'], { choice: Choice }>) =>
  call(api.POST('/api/v1/workflows/{workflow_id}/package', { params: { path: { workflow_id } }, body })) as Promise<Packaged>

/** A SQL component, or its next version where it is there. */
export const pushStatement = (project_id: string, body: Shapes['PushBody'], component_id?: string) =>
  (component_id === undefined
    ? call(api.POST('/api/v1/projects/{project_id}/components', { params: { path: { project_id } }, body }))
    : call(api.POST('/api/v1/components/{component_id}/versions', { params: { path: { component_id } }, body }))) as Promise<Packaged>

export const withdrawVersion = (component_id: string, seq: number, body: Shapes['WithdrawBody']) =>
  call(api.PUT('/api/v1/components/{component_id}/versions/{seq}/withdrawn', { params: { path: { component_id, seq } }, body }))
export const sharePackage = (component_id: string, organization: boolean) =>
  call(api.PUT('/api/v1/components/{component_id}/shared', { params: { path: { component_id } }, body: { organization } }))
