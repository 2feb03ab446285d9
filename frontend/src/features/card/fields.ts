import type { Field, Layer, PartRow, Value } from '@/api/types'

/** The fields of a card in declared order. What is shown above the list (name, area, confirmation) is not repeated; what
 * is not filled in and not required is left out; a masked field, which the answer does not carry, stays, so that it is seen to exist. */
export function cardFields(layer: Layer, properties: Record<string, Value | PartRow[]>): { field: Field; value: Value }[] {
  return layer.fields.flatMap((field) => {
    const value = properties[field.name] as Value
    const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0) || (value === undefined && !field.sensitive)
    return empty && !field.required ? [] : [{ field, value }]
  })
}
