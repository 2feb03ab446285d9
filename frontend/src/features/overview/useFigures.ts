import { computed } from 'vue'
import { layersOf } from '@/api/declarations'
import { useFailure } from '@/api/failure'
import { useLayers, useSummaries, type Level } from '@/api/queries'
import { selectionOf } from '@/api/selection'
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
  const level = computed<Level>(() => (view.value.area.length >= 9 ? 'village' : 'township'))
  const results = useSummaries(() => shown.value.map((layer) => ({ layer: layer.name, selection: selectionOf(view.value, layer.name) })), () => level.value)
  const figures = computed<Figure[]>(() => shown.value.map((layer, i) => ({ layer, summary: results.value[i]?.data })))
  const failure = useFailure({
    data: computed(() => (results.value.every((r) => r.data !== undefined) ? true : undefined)),
    failureReason: computed(() => results.value.find((r) => r.failureReason)?.failureReason),
    failureCount: computed(() => Math.max(0, ...results.value.map((r) => r.failureCount))),
    isError: computed(() => results.value.some((r) => r.isError)),
  })
  const retry = () => results.value.filter((r) => r.data === undefined).forEach((r) => void r.refetch())
  return { figures, level, failure, retry }
}
