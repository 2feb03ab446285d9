import { onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import { debounce } from '@/lib/debounce'
import type { Engine } from '@/map/engine'

/** The part of the map that is seen as a bbox parameter while wanted, otherwise ''. */
export function useSeenBox(engine: ShallowRef<Engine | undefined>, wanted: MaybeRefOrGetter<boolean>) {
  const box = ref('')
  const measure = () => {
    const bounds = toValue(wanted) ? engine.value?.map.getBounds() : undefined
    box.value = bounds ? bounds.toArray().flat().map((n) => n.toFixed(5)).join(',') : ''
  }
  const later = debounce(measure, 200)
  watch(
    [engine, () => toValue(wanted)],
    ([now], [before]) => {
      if (now !== before) {
        before?.map.off('moveend', later)
        now?.map.on('moveend', later)
      }
      measure()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    later.cancel()
    engine.value?.map.off('moveend', later)
  })
  return box
}
