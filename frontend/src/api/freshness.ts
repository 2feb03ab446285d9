// How old rows are: for how long a confirmation holds, what is due, and confirming. The figures are the server's; the
// screen judges single rows by the same periods.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, send } from './client'
import type { components } from './schema'
import type { Feature, Layer } from './types'

type Schemas = components['schemas']
export type Periods = Schemas['ConfirmationPeriods']
export type LayerFreshness = Schemas['FreshnessAnswer']['layers'][number]

/** fresh: confirmed within its period; soon: the last sixth of it has begun; due: it is over; never: no confirmation at
 * all; none: nobody need confirm rows of this kind. */
export type Age = 'fresh' | 'soon' | 'due' | 'never' | 'none'

/** From which part of its period on a row is due soon. */
export const SOON = 5 / 6

const DAY = 86_400_000 // ms

// Keys begin with 'freshness': a change of any row, and of a period, makes all of it old.

/** For how many days a confirmation holds, by layer and kind. */
export const usePeriods = () => useQuery({ queryKey: ['freshness', 'periods'], queryFn: ({ signal }) => get<Periods>('/api/confirmation-periods', {}, signal) })

/** The period of a kind of a layer in days; 0 for none. */
export function periodOf(periods: Periods | undefined, layer: Layer, kind: unknown): number {
  const own = periods?.periods.filter((p) => p.layer === layer.name) ?? []
  return (own.find((p) => p.kind !== '' && p.kind === kind) ?? own.find((p) => p.kind === ''))?.days ?? layer.confirm_days
}

/** How old a row of a layer is by the server's clock. */
export function ageOf(periods: Periods | undefined, layer: Layer, properties: Record<string, unknown>, now: Date): Age {
  const days = periodOf(periods, layer, layer.symbol_field ? properties[layer.symbol_field] : '')
  if (!layer.confirm_days || days === 0) return 'none'
  if (typeof properties.confirmed_at !== 'string') return 'never'
  const part = (now.getTime() - Date.parse(properties.confirmed_at)) / (days * DAY)
  return part > 1 ? 'due' : part > SOON ? 'soon' : 'fresh'
}

/** Confirmed, due and never confirmed rows by layer and by the areas of a level. */
export const useFreshness = (area: MaybeRefOrGetter<string>, level: MaybeRefOrGetter<'township' | 'village'>) =>
  useQuery({
    queryKey: computed(() => ['freshness', 'figures', toValue(area), toValue(level)]),
    queryFn: async ({ signal }) => (await get<Schemas['FreshnessAnswer']>('/api/freshness', { area: toValue(area), area_level: toValue(level) }, signal)).layers,
  })

/** A row of a walk: the layer it is of, and the metres from the one before. */
export type Stop = Feature & { layer: string; leg_m: number | null }
export interface Walk {
  features: Stop[]
  numberMatched: number
}

/** What is due in an area, in the order in which to visit it; from is longitude,latitude. */
export const useWalk = (asked: MaybeRefOrGetter<{ area: string; from: string; layers: string }>, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['freshness', 'due', toValue(asked)]),
    queryFn: ({ signal }) => get<Walk>('/api/due', { ...toValue(asked) }, signal),
    placeholderData: (before) => before,
    enabled: computed(() => toValue(enabled)),
  })

/** Says that a row is still true. Confirmations by others since `version` do not matter, other changes are a 412. */
export const confirmRow = (layer: string, id: string, version: number, occurredAt: string, key: string) =>
  send<Feature>('POST', `/api/layers/${layer}/features/${id}/confirm`, { occurred_at: occurredAt }, { 'If-Match': `"${version}"`, 'Idempotency-Key': key })
