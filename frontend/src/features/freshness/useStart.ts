import { computed, onMounted, ref, type ShallowRef } from 'vue'
import type { Engine } from '@/map/engine'

/** Where a walk begins. */
export interface Start {
  lng: number
  lat: number
  how: 'gps' | 'map'
}

const LONGEST = 10_000 // ms to wait for a fix

/** Where one stands: the device's position where the browser gives it, else the middle of the map. */
export function useStart(engine: ShallowRef<Engine | undefined>) {
  const start = ref<Start>()
  const failed = ref(false)
  const seeking = ref(false)
  // Plain http gives no position: the button would do nothing.
  const canLocate = computed(() => window.isSecureContext && 'geolocation' in navigator)

  function fromMap() {
    const at = engine.value?.map.getCenter()
    failed.value = false
    if (at) start.value = { lng: at.lng, lat: at.lat, how: 'map' }
  }
  function locate() {
    seeking.value = true
    failed.value = false
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        seeking.value = false
        start.value = { lng: coords.longitude, lat: coords.latitude, how: 'gps' }
      },
      () => {
        seeking.value = false
        failed.value = true
        if (!start.value) fromMap()
      },
      { enableHighAccuracy: true, timeout: LONGEST, maximumAge: 60_000 },
    )
  }
  onMounted(async () => {
    fromMap()
    if (!canLocate.value) return
    // Asked for only where the person has allowed it before: a question that nobody expects is refused for ever.
    const permission = await navigator.permissions.query({ name: 'geolocation' }).catch(() => undefined)
    if (permission?.state === 'granted') locate()
  })
  return { start, failed, seeking, canLocate, fromMap, locate }
}
