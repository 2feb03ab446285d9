import { onBeforeUnmount, shallowRef } from 'vue'
import type { LngLat } from '@/lib/geodesy'

/** Where this phone is, or why that is not known. */
export type Where =
  | { kind: 'insecure' } // plain http: browsers tell no page
  | { kind: 'refused' } // by the person or the phone
  | { kind: 'unavailable' }
  | { kind: 'searching' }
  | { kind: 'fix'; at: LngLat; accuracy: number; time: number } // metres; ms of this phone's clock

/** Follows the phone's position for as long as the page is open. */
export function usePosition() {
  const where = shallowRef<Where>({ kind: 'searching' })
  let watching: number | undefined
  function watch() {
    if (!window.isSecureContext) return void (where.value = { kind: 'insecure' })
    if (!('geolocation' in navigator)) return void (where.value = { kind: 'unavailable' })
    watching = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => (where.value = { kind: 'fix', at: [coords.longitude, coords.latitude], accuracy: coords.accuracy, time: timestamp }),
      ({ code }) => {
        if (code === GeolocationPositionError.PERMISSION_DENIED) where.value = { kind: 'refused' }
        else if (where.value.kind !== 'fix') where.value = { kind: 'unavailable' }
      },
      { enableHighAccuracy: true, maximumAge: 5000, timeout: 30_000 },
    )
  }
  watch()
  onBeforeUnmount(() => watching !== undefined && navigator.geolocation.clearWatch(watching))
  return where
}
