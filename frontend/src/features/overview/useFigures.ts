import { useQueries } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get } from '@/api/client'
import { layersOf } from '@/api/declarations'
import { useLayers } from '@/api/queries'
import { selectionOf, sorted } from '@/api/selection'
import type { Layer, Summary } from '@/api/types'
import type { MapName } from '@/lib/view/state'
import { useView } from '@/lib/view/useView'

export interface Figure {
  layer: Layer
  summary: Summary | undefined
}

/** The summary of each layer of a map under the present scope, search and filters: the figures that lists give too. */
export function useFigures(map: () => MapName) {
  const { view } = useView()
  const layers = useLayers()
  const shown = computed(() => layersOf(layers.data.value ?? [], map()))
  const level = computed<'township' | 'village'>(() => (view.value.area.length >= 9 ? 'village' : 'township'))
  const results = useQueries({
    queries: computed(() =>
      shown.value.map((layer) => {
        const selection = sorted(selectionOf(view.value, layer.name))
        return {
          queryKey: ['rows', layer.name, 'summary', level.value, selection],
          queryFn: ({ signal }: { signal: AbortSignal }) => get<Summary>(`/api/layers/${layer.name}/summary`, { ...selection, area_level: level.value }, signal),
          placeholderData: (before: Summary | undefined) => before,
        }
      }),
    ),
  })
  const figures = computed<Figure[]>(() => shown.value.map((layer, i) => ({ layer, summary: results.value[i]?.data as Summary | undefined })))
  return { figures, level }
}
