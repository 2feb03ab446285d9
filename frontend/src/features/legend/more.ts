import { legendFields } from '@/api/declarations'
import type { Field, Layer } from '@/api/types'

/** Fields that can be filtered by, beside those of the legend itself. References are followed in cards and trees instead. */
export function moreFields(layer: Layer): Field[] {
  const legend = legendFields(layer)
  return layer.fields.filter((f) => f.filter && !f.sensitive && !legend.includes(f) && f.type !== 'reference' && f.type !== 'phone')
}
