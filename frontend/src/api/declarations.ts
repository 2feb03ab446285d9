import type { Field, Layer, Option } from './types'
import { MAPS, type MapName } from '@/lib/view/state'

/** The layers of one of the four maps, or of all four, in declared order; base layers never. */
export function layersOf(layers: Layer[], map: MapName): Layer[] {
  return map === 'all' ? MAPS.flatMap((name) => layers.filter((l) => l.map === name)) : layers.filter((l) => l.map === map)
}

/** A field of a layer by name, also one that every layer has. */
export const fieldOf = (layer: Layer, name: string): Field | undefined => layer.fields.find((f) => f.name === name) ?? layer.standing?.find((f) => f.name === name)

/** The field whose choices have colour and shape. */
export const levelField = (layer: Layer): Field | undefined => (layer.level_field ? fieldOf(layer, layer.level_field) : undefined)

/** The field whose choices have a glyph. */
export const symbolField = (layer: Layer): Field | undefined => (layer.symbol_field ? fieldOf(layer, layer.symbol_field) : undefined)

/** The field that makes a layer a tree: a reference to itself. */
export const parentField = (layer: Layer): Field | undefined => layer.fields.find((f) => f.type === 'reference' && f.layer === layer.name)

export const optionOf = (field: Field | undefined, value: unknown): Option | undefined => field?.choices.find((o) => o.value === value)

/** The fields that legends show as filters of their own: level first, then kind. */
export function legendFields(layer: Layer): Field[] {
  return [levelField(layer), symbolField(layer)].filter((f): f is Field => f !== undefined)
}

/** The order in which a list of the layer begins: the gravest level first, otherwise by name. */
export const defaultSort = (layer: Layer): string => layer.level_field || 'name'
