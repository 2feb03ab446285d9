import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get } from './client'
import { sorted, type Selection } from './selection'
import type { Basemap, Feature, FeaturePage, Installation, Layer, Summary } from './types'

// Keys begin with 'rows' and the layer's name, so that one change of a row refreshes exactly what shows that layer.

export const useInstallation = () =>
  useQuery({ queryKey: ['installation'], queryFn: ({ signal }) => get<Installation>('/api/installation', {}, signal) })

/** The declarations do not change while a server runs. */
export const useLayers = () =>
  useQuery({
    queryKey: ['layers'],
    queryFn: async ({ signal }) => {
      const { layers, standing } = await get<{ layers: Layer[]; standing: Layer['fields'] }>('/api/layers', {}, signal)
      return layers.map((layer) => complete({ ...layer, standing }))
    },
    staleTime: Infinity,
  })

// Lists that are empty may be left out or null on the wire.
function complete(layer: Layer): Layer {
  const field = (f: Layer['fields'][number]) => ({ ...f, choices: f.choices ?? [] })
  return { ...layer, standing: layer.standing.map(field), fields: layer.fields.map(field), parts: (layer.parts ?? []).map((p) => ({ ...p, fields: p.fields.map(field) })) }
}

export const useBasemaps = () =>
  useQuery({
    queryKey: ['basemaps'],
    queryFn: async ({ signal }) => (await get<{ basemaps: Basemap[] }>('/api/basemaps', {}, signal)).basemaps,
    staleTime: Infinity,
  })

const PAGE = 100 // rows that a list asks for at once

// What is on screen stays while the same layer is asked for something else; rows of another layer would be wrong ones.
function keep<T>(before: T | undefined, query: { queryKey: readonly unknown[] } | undefined, layer: string): T | undefined {
  return query?.queryKey[1] === layer ? before : undefined
}

/** The rows of a layer page by page; the page before stays on screen while the next one comes. */
export function useRows(layer: MaybeRefOrGetter<string>, selection: MaybeRefOrGetter<Selection>, enabled: MaybeRefOrGetter<boolean> = true, size: MaybeRefOrGetter<number> = PAGE) {
  return useInfiniteQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'page', toValue(size), sorted(toValue(selection))]),
    queryFn: ({ pageParam, signal }) =>
      get<FeaturePage>(`/api/layers/${toValue(layer)}/features`, { ...toValue(selection), limit: toValue(size), cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: (before, query) => keep(before, query, toValue(layer)),
    enabled: computed(() => toValue(layer) !== '' && toValue(enabled)),
  })
}

/** All rows that a selection gives, up to the server's limit, for lists that are small by nature. */
export function useAllRows(layer: MaybeRefOrGetter<string>, selection: MaybeRefOrGetter<Selection>, enabled: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'all', sorted(toValue(selection))]),
    queryFn: ({ signal }) => everyPage(toValue(layer), toValue(selection), signal),
    placeholderData: (before, query) => keep(before, query, toValue(layer)),
    enabled: computed(() => toValue(layer) !== '' && toValue(enabled)),
  })
}

const MOST_PAGES = 5

async function everyPage(layer: string, selection: Selection, signal: AbortSignal): Promise<Feature[]> {
  const rows: Feature[] = []
  let cursor: string | undefined = ''
  for (let page = 0; page < MOST_PAGES && cursor !== undefined; page++) {
    const answer: FeaturePage = await get<FeaturePage>(`/api/layers/${layer}/features`, { ...selection, limit: 1000, cursor }, signal)
    rows.push(...answer.features)
    cursor = answer.next || undefined
  }
  return rows
}

/** The first row that a selection gives, null when it gives none. */
export function useFirstRow(layer: MaybeRefOrGetter<string>, selection: MaybeRefOrGetter<Selection>, enabled: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'first', sorted(toValue(selection))]),
    queryFn: async ({ signal }) => (await get<FeaturePage>(`/api/layers/${toValue(layer)}/features`, { ...toValue(selection), limit: 1 }, signal)).features[0] ?? null,
    enabled,
  })
}

/** One row with all its fields and parts. */
export function useFeature(layer: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'one', toValue(id)]),
    queryFn: ({ signal }) => get<Feature>(`/api/layers/${toValue(layer)}/features/${toValue(id)}`, {}, signal),
    enabled: computed(() => toValue(layer) !== '' && toValue(id) !== ''),
  })
}

/** Which areas a summary counts by. */
export type Level = 'township' | 'village'

/** Counts by choice, by area and by age of what a selection gives. */
export function useSummary(layer: MaybeRefOrGetter<string>, selection: MaybeRefOrGetter<Selection>, level: MaybeRefOrGetter<Level> = 'township', enabled: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: computed(() => summaryKey(toValue(layer), toValue(selection), toValue(level))),
    queryFn: ({ signal }) => getSummary(toValue(layer), toValue(selection), toValue(level), signal),
    placeholderData: (before, query) => keep(before, query, toValue(layer)),
    enabled: computed(() => toValue(layer) !== '' && toValue(enabled)),
  })
}

/** The summaries of several layers, each under its selection. */
export function useSummaries(wanted: () => { layer: string; selection: Selection }[], level: () => Level) {
  const queries = computed(() =>
    wanted().map(({ layer, selection }) => ({
      queryKey: summaryKey(layer, selection, level()),
      queryFn: ({ signal }: { signal: AbortSignal }) => getSummary(layer, selection, level(), signal),
      placeholderData: (before: Summary | undefined, query: { queryKey: readonly unknown[] } | undefined) => keep(before, query, layer),
    })),
  )
  return useQueries({ queries })
}

const summaryKey = (layer: string, selection: Selection, level: Level) => ['rows', layer, 'summary', level, sorted(selection)]
const getSummary = (layer: string, selection: Selection, level: Level, signal: AbortSignal) =>
  get<Summary>(`/api/layers/${layer}/summary`, { ...selection, area_level: level }, signal)
