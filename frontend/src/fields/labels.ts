import type { Layer } from '@/api/types'
import { fieldOf } from '@/api/declarations'
import { PLACE } from './draft'
import type { useWords } from '@/lib/i18n'
import { phrase, type Lang } from '@/lib/text'

/** What people call a field, a list or the place of a layer. */
export function labelOf(layer: Layer, key: string, lang: Lang, t: ReturnType<typeof useWords>['t']): string {
  if (key === PLACE) return t('entry.place')
  return phrase(fieldOf(layer, key)?.label ?? layer.parts.find((p) => p.name === key)?.label, lang) || key
}
