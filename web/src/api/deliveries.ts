// Dashboards that are delivered: as files, into a folder or by mail.
import { queryOptions } from '@tanstack/react-query'
import type { Text } from '@/lib/format'
import { api, call, type Refined, type Shapes } from './client'
import type { Condition } from './dashboards'
import { keys } from './keys'
import type { Run } from './types'

export type Format = Shapes['ExportFormat']
export type Target = Shapes['DeliveryTarget']
export type Stamp = Shapes['DeliveryStamp']
export type Offers = Refined<Shapes['DeliveryOffers'], { formats: Format[] }>

export type Sent = {
  to: 'folder' | 'mail'
  files: { name: string; bytes: number }[]
  folder?: string
  recipients?: number
  refused?: string[]
}

export type Delivered = Refined<
  Shapes['DeliveredDto'],
  { cause: 'cron' | 'data' | 'person'; outcome: 'started' | 'skipped' | 'held_back' | 'stopped'; run_state: Run['state'] | null; result: Sent | null; error: { code: string; message: string } | null; message: Text | null }
>
export type Delivery = Refined<
  Shapes['Delivery'],
  { formats: Format[]; lang: 'en' | 'zh-CN'; filters: Record<string, Condition[]>; state: 'active' | 'off' | 'paused' | 'stopped'; reason: { code: string; message: Text } | null; history: Delivered[] }
>
export type DeliveryBody = Refined<Shapes['DeliveryBody'], { filters: Record<string, Condition[]> }>
export type DeliveryList = Refined<Shapes['DeliveryList'], { items: Delivery[]; offers: Offers }>

const under = (dashboard_id: string) => ({ params: { path: { dashboard_id } } })
const one = (dashboard_id: string, delivery_id: string) => ({ params: { path: { dashboard_id, delivery_id } } })

export const deliveriesQuery = (dashboard: string) =>
  queryOptions({
    queryKey: keys.deliveries(dashboard),
    queryFn: () => call(api.GET('/api/v1/dashboards/{dashboard_id}/deliveries', under(dashboard))) as Promise<DeliveryList>,
    // While something is on its way its end is waited for.
    refetchInterval: (query) => (query.state.data?.items.some((item) => item.history.some(isUnderWay)) ? 1500 : 30_000),
  })

export const isUnderWay = (one: Delivered) => one.run_state === 'queued' || one.run_state === 'running'

export const createDelivery = (dashboard: string, body: DeliveryBody) => call(api.POST('/api/v1/dashboards/{dashboard_id}/deliveries', { ...under(dashboard), body }))
export const setDelivery = (dashboard: string, id: string, body: DeliveryBody) => call(api.PUT('/api/v1/dashboards/{dashboard_id}/deliveries/{delivery_id}', { ...one(dashboard, id), body }))
export const removeDelivery = (dashboard: string, id: string) => call(api.DELETE('/api/v1/dashboards/{dashboard_id}/deliveries/{delivery_id}', one(dashboard, id)))
export const sendDelivery = (dashboard: string, id: string, toMe: boolean) => call(api.POST('/api/v1/dashboards/{dashboard_id}/deliveries/{delivery_id}/send', { ...one(dashboard, id), body: { to_me: toMe } }))

/** What is sent back to change only some of it. */
export function bodyOfDelivery(d: Delivery, changes: Partial<DeliveryBody> = {}): DeliveryBody {
  const { enabled, cron, on_data, name, formats, lang, time_zone, stamp, filters, to } = d
  return { enabled, cron, on_data, name, formats, lang, time_zone, stamp, filters, to, ...changes }
}
