import type { Layer } from '@/api/types'
import type { LngLat } from '@/lib/geodesy'
import type { Entry } from '@/lib/outbox/entry'
import type { Where } from './usePosition'

const OLD = 60_000 // ms; a fix that is older is where one was

/** A place for a row: measured here, or chosen on the map. */
export interface Place {
  at: LngLat
  accuracy: number | null // metres; null for one from the map
}

export type Refused = { kind: 'old' } | { kind: 'inaccurate'; metres: number; limit: number }

/** The place where this phone is, if it is known well enough for a layer. */
export function placeHere(where: Where, layer: Layer, now: number): Place | Refused | undefined {
  if (where.kind !== 'fix') return undefined
  if (now - where.time > OLD) return { kind: 'old' }
  const metres = Math.ceil(where.accuracy)
  if (layer.accuracy_limit_m > 0 && where.accuracy > layer.accuracy_limit_m) return { kind: 'inaccurate', metres, limit: layer.accuracy_limit_m }
  return { at: [where.at[0], where.at[1]], accuracy: Math.round(where.accuracy * 10) / 10 }
}

/** The place that an entry says. */
export function placeOfEntry(entry: Entry | undefined): Place | undefined {
  const point = entry?.body?.geometry as { type?: string; coordinates?: LngLat } | undefined
  if (point?.type !== 'Point' || !point.coordinates) return undefined
  const accuracy = entry?.body?.properties?.position_accuracy_m
  return { at: point.coordinates, accuracy: typeof accuracy === 'number' ? accuracy : null }
}

export const isRefused = (place: Place | Refused | undefined): place is Refused => place !== undefined && 'kind' in place
