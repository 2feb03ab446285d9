// Writing rows one by one, and what was written. Each write names the version that the person has seen (If-Match) and
// carries a key, under which a repeat gets the first answer: a double click or a broken connection doubles nothing.
import { useInfiniteQuery } from '@tanstack/vue-query'
import type { Geometry } from 'geojson'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { ApiError, get, send } from './client'
import type { components } from './schema'
import type { Feature, Layer, PartRow, Value } from './types'

type Schemas = components['schemas']
export type Finding = Schemas['Finding']
export type Offer = Omit<Finding['offers'][number], 'geometry'> & { geometry?: Geometry }
export type RowEvent = Schemas['RowEvent']
export type DeletedEntry = Schemas['DeletedRows']['rows'][number]

/** The systems in which a place may be entered; the server keeps the pair as it was typed. */
export const SYSTEMS = ['WGS84', 'CGCS2000', 'GCJ02', 'BD09'] as const
export type System = (typeof SYSTEMS)[number]

/** What a person wants a row to be; in a change, only what differs. */
export interface Entry {
  type: 'Feature'
  id?: string
  geometry?: Geometry | null
  properties: Record<string, Value | PartRow[]>
  crs?: System
  occurred_at?: string
  confirm?: boolean
  accept?: string[]
  reason?: string
}

const at = (layer: string, id?: string) => `/api/layers/${layer}/features${id ? `/${id}` : ''}`
const headers = (key: string, version?: number) => ({ 'Idempotency-Key': key, ...(version === undefined ? {} : { 'If-Match': `"${version}"` }) })

export const createRow = (layer: string, entry: Entry, key: string) => send<Feature>('POST', at(layer), entry, headers(key))
export const changeRow = (layer: string, id: string, version: number, entry: Entry, key: string) => send<Feature>('PATCH', at(layer, id), entry, headers(key, version))
export const deleteRow = (layer: string, id: string, version: number, occurredAt: string, key: string) =>
  send<Schemas['DeletedRow']>('DELETE', at(layer, id), { occurred_at: occurredAt }, headers(key, version))
export const undeleteRow = (layer: string, id: string, version: number, occurredAt: string, key: string) =>
  send<Feature>('POST', `${at(layer, id)}/undelete`, { occurred_at: occurredAt }, headers(key, version))
export const restoreRow = (layer: string, id: string, version: number, to: number, occurredAt: string, key: string) =>
  send<Feature>('POST', `${at(layer, id)}/restore`, { version: to, occurred_at: occurredAt }, headers(key, version))

/** One row as it is now, asked anew. */
export const readRow = (layer: string, id: string) => get<Feature>(at(layer, id))
export const readVersion = (layer: string, id: string, version: number) => get<Feature>(`${at(layer, id)}/versions/${version}`)

/** What holds an entry back, or undefined when the error is another. */
export const findingsOf = (error: unknown): Finding[] | undefined => (error instanceof ApiError && error.problem?.code === 'needs_decision' ? error.problem.findings : undefined)

/** How a row is now that somebody else changed meanwhile: `current` is null when it is deleted. */
export function conflictOf(error: unknown): { version: number; current: Feature | null } | undefined {
  if (!(error instanceof ApiError) || error.problem?.code !== 'changed_meanwhile') return undefined
  return { version: error.problem.version ?? 0, current: (error.problem.current ?? null) as Feature | null }
}

/** Whether a layer's rows are written one by one at all. */
export const isWritable = (layer: Layer) => layer.history

const PAGE = 20

/** Who made which version of a row, page by page, the newest first. */
export function useHistory(layer: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  return useInfiniteQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'history', toValue(id)]),
    queryFn: ({ pageParam, signal }) => get<Schemas['History']>(`${at(toValue(layer), toValue(id))}/history`, { limit: PAGE, before: pageParam || undefined }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next || undefined,
    enabled,
  })
}

/** The deleted rows of a layer, the last first. */
export function useDeleted(layer: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  return useInfiniteQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'deleted']),
    queryFn: ({ pageParam, signal }) => get<Schemas['DeletedRows']>(`/api/layers/${toValue(layer)}/deleted`, { limit: PAGE, before: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    enabled,
  })
}
