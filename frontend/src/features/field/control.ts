import type { Field as Declared, Layer } from '@/api/types'
import { entryFields } from '@/fields/draft'

/** The fields of a phone's form: those that matter most, and the others. Lists are for a larger screen. */
export function phoneFields(layer: Layer): { first: Declared[]; rest: Declared[] } {
  const all = entryFields(layer)
  const isFirst = (f: Declared) => f.name === 'name' || f.required || f.name === layer.level_field || f.name === layer.symbol_field
  return { first: all.filter(isFirst), rest: all.filter((f) => !isFirst(f)) }
}

/** Whether a row of a layer can be made on a phone: where one stands is a point. */
export const canAdd = (layer: Layer): boolean => layer.geometry.includes('Point')
