// Places by name or address, from what is stored here: no outside service is asked.
import { get } from '@/api/client'
import { AREA } from '@/api/areas'
import type { Feature, FeaturePage, Layer } from '@/api/types'
import { anchorOf } from '@/lib/box'
import type { Place } from '@/lib/coordinates/parse'
import { phrase, type Lang } from '@/lib/text'

export interface Spot {
  row: Feature
  at: Place
  hint(lang: Lang): string
}

const EACH = 6

/** What fits the words: imported places first, then rows of the four maps by name or address. */
export async function findPlaces(words: string, layers: Layer[]): Promise<Spot[]> {
  if (!words) return []
  const searched = layers.filter((l) => l.name !== AREA && (l.map !== 'base' || l.geometry.join() === 'Point')).sort((a, b) => Number(b.map === 'base') - Number(a.map === 'base'))
  const pages = await Promise.all(searched.map(async (layer) => ({ layer, page: await get<FeaturePage>(`/api/layers/${layer.name}/features`, { q: words, limit: EACH }).catch(() => undefined) })))
  return pages.flatMap(({ layer, page }) => (page?.features ?? []).flatMap((row) => {
    const at = row.geometry && anchorOf(row.geometry)
    return at ? { row, at: { lng: at[0], lat: at[1] }, hint: (lang: Lang) => [phrase(layer.label, lang), row.properties.address].filter(Boolean).join(' · ') } : []
  }))
}
