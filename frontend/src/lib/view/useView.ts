import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { readView, writeQuery, type LayerFilters, type View } from './state'

/** The view in the address bar, and the ways to change it. Every change but a camera move can be undone by "back". */
export function useView() {
  const route = useRoute()
  const router = useRouter()
  const view = computed(() => readView(route.params.map, route.query))

  function go(change: Partial<View>, replace = false) {
    const next: View = { ...view.value, ...change }
    const target = { name: 'atlas', params: { map: next.map }, query: writeQuery(next) }
    return replace ? router.replace(target) : router.push(target)
  }

  function setFilter(layer: string, param: string, value: string) {
    const own: LayerFilters = { ...view.value.filters[layer], [param]: value }
    if (!value) delete own[param]
    const filters = { ...view.value.filters, [layer]: own }
    if (Object.keys(own).length === 0) delete filters[layer]
    return go({ filters })
  }

  function clearFilters(layer?: string) {
    if (layer === undefined) return go({ filters: {}, q: '', inView: false })
    const filters = { ...view.value.filters }
    delete filters[layer]
    return go({ filters })
  }

  return {
    view,
    go,
    setFilter,
    clearFilters,
    select: (selected: View['selected']) => go({ selected }),
    enter: (area: string) => go({ area, selected: undefined, camera: undefined }),
  }
}
