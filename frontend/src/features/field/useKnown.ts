// Rows by name: with network all of them, without it those that this phone keeps.
import { ref } from 'vue'
import { AREA, useAreaNames } from '@/api/areas'
import { get } from '@/api/client'
import { findPlaces, spotOf, type Spot } from '@/api/places'
import type { FeaturePage, Layer } from '@/api/types'
import { readRow } from '@/api/writes'
import { useWords } from '@/lib/i18n'
import { rowName } from '@/lib/text'
import type { Choice } from '@/ui/choice'
import { fitting } from './search'
import type { FieldRow } from './useField'

const PATIENCE = 4000 // ms that somebody who types waits for a weak network

export function useKnown(rows: () => FieldRow[], layers: () => Layer[]) {
  const { lang } = useWords()
  const areas = useAreaNames()
  const names = ref(new Map<string, { name?: unknown; name_en?: unknown }>()) // of rows that are not kept
  const asked = new Set<string>()

  // Townships and villages are known by name everywhere, the other rows as far as they are kept.
  const kept = (layer: string): FieldRow[] =>
    layer === AREA ? [...areas.value.values()].map(({ id, code, name, name_en }) => ({ type: 'Feature', id, layer, geometry: null, properties: { version: 0, code, name, name_en } })) : rows()

  /** Rows of a layer that a reference may name. */
  async function find(layer: string, words: string, self?: string): Promise<Choice[]> {
    const page = await soon(get<FeaturePage>(`/api/layers/${layer}/features`, { q: words.trim(), limit: 12 }))
    const found = page ? page.features : fitting(kept(layer), layer, words)
    for (const row of found) names.value.set(row.id, row.properties)
    return found.filter((row) => row.id !== self).map((row) => ({ value: row.id, label: rowName(row.properties, lang.value), hint: String(row.properties.code ?? row.properties.address ?? '') }))
  }

  /** What a row is called that a reference names; '' as long as that is not known. */
  function nameOf(layer: string, id: unknown): string {
    if (typeof id !== 'string' || !id) return ''
    const row = names.value.get(id) ?? kept(layer).find((r) => r.layer === layer && r.id === id)?.properties
    if (row) return rowName(row, lang.value)
    if (!asked.has(id)) {
      asked.add(id)
      readRow(layer, id).then((answer) => names.value.set(id, answer.properties), () => asked.delete(id))
    }
    return ''
  }

  /** Places by name or address. */
  async function places(words: string): Promise<Spot[]> {
    const found = words.trim() ? await soon(findPlaces(words.trim(), layers())) : []
    if (found?.length || !words.trim()) return found ?? []
    return fitting(rows(), undefined, words).flatMap((row) => {
      const layer = layers().find((l) => l.name === row.layer)
      return (layer && spotOf(layer, row)) ?? []
    })
  }
  return { find, nameOf, places }
}

export type Known = ReturnType<typeof useKnown>

// What does not come soon, or not at all, is left to what is kept here.
const soon = <T>(answer: Promise<T>): Promise<T | undefined> =>
  navigator.onLine ? Promise.race([answer.catch(() => undefined), new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE))]) : Promise.resolve(undefined)
