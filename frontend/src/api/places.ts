// Places by name or address, from what is stored here: no outside service is asked.
import { anchorOf } from '@/lib/box'
import type { Place } from '@/lib/coordinates/parse'
import { labelPoint } from '@/lib/polygon'
import { phrase, type Lang } from '@/lib/text'
import { AREA } from './areas'
import { get } from './client'
import type { Feature, FeaturePage, Layer } from './types'

export interface Spot {
  row: Feature
  layer: string
  at: Place // somewhere in it
  area: boolean // a township, say: where to look, not where something stands
  hint(lang: Lang): string
}

const EACH = 6

/** The layers whose rows are places: points of the ground, areas, and the rows of the four maps. */
export const placeLayers = (layers: Layer[]): Layer[] => {
  const rank = (l: Layer) => (l.name === AREA ? 1 : l.map === 'base' ? 0 : 2)
  return layers.filter((l) => l.name === AREA || l.map !== 'base' || l.geometry.join() === 'Point').sort((a, b) => rank(a) - rank(b))
}

/** A row as a place; undefined when it has none. */
export function spotOf(layer: Layer, row: Feature): Spot | undefined {
  const area = layer.name === AREA
  const at = row.geometry && (area ? labelPoint(row.geometry) : anchorOf(row.geometry))
  return at ? { row, layer: layer.name, at: { lng: at[0], lat: at[1] }, area, hint: (lang) => [phrase(layer.label, lang), row.properties.address].filter(Boolean).join(' · ') } : undefined
}

/** What fits the words: imported places and areas first, then rows of the four maps by name or address. */
export async function findPlaces(words: string, layers: Layer[]): Promise<Spot[]> {
  if (!words) return []
  const pages = await Promise.all(placeLayers(layers).map(async (layer) => ({ layer, page: await get<FeaturePage>(`/api/layers/${layer.name}/features`, { q: words, limit: EACH }).catch(() => undefined) })))
  return pages.flatMap(({ layer, page }) => (page?.features ?? []).flatMap((row) => spotOf(layer, row) ?? []))
}
