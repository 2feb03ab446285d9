import { useQueries } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import { useInstallation, useLayers } from '@/api/queries'
import type { Feature, FeaturePage, Layer } from '@/api/types'
import { debounce } from '@/lib/debounce'

export interface Found {
  layer: Layer
  row: Feature
}

const EACH = 5

/** What the typed words find, by layer: rows of the four maps first, then areas and places. */
export function useSearch(text: Ref<string>) {
  const layers = useLayers()
  const installation = useInstallation()
  const wanted = ref('')
  const later = debounce(() => (wanted.value = text.value.trim()), 160)
  watch(text, () => later())
  onScopeDispose(later.cancel)

  // Base layers whose every row has a name; roads and rivers are drawn, not looked up one by one.
  const searched = computed(() =>
    (layers.data.value ?? []).filter((l) => (l.map !== 'base' || l.fields.some((f) => f.name === 'code') || l.geometry.join() === 'Point') && (installation.data.value?.counts[l.name] ?? 0) > 0),
  )
  const results = useQueries({
    queries: computed(() =>
      searched.value.map((layer) => ({
        queryKey: ['rows', layer.name, 'search', wanted.value],
        queryFn: ({ signal }: { signal: AbortSignal }) => get<FeaturePage>(`/api/layers/${layer.name}/features`, { q: wanted.value, limit: EACH }, signal),
        enabled: wanted.value !== '',
        staleTime: 10_000,
      })),
    ),
  })
  const groups = computed(() =>
    searched.value.flatMap((layer, i) => {
      const page = results.value[i]?.data as FeaturePage | undefined
      return page && page.features.length > 0 ? [{ layer, total: page.numberMatched, found: page.features.map((row): Found => ({ layer, row })) }] : []
    }),
  )
  const searching = computed(() => text.value.trim() !== wanted.value || results.value.some((r) => r.isFetching))
  return { groups, searching }
}
