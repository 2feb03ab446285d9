import { ref } from 'vue'
import type { Place } from '@/lib/coordinates/parse'

const WITHIN = 20_000 // ms to wait for a fix

/** Asks the device where it is, once. A fix that is worse than the limit (metres; 0 for none) is refused. */
export function useGps() {
  const state = ref<'idle' | 'asking' | 'poor' | 'denied' | 'unavailable' | 'insecure'>('idle')
  const accuracy = ref(0)
  async function ask(limit: number): Promise<(Place & { accuracy: number }) | undefined> {
    if (!isSecureContext) return void (state.value = 'insecure') // browsers give no position on plain http
    if (!('geolocation' in navigator)) return void (state.value = 'unavailable')
    state.value = 'asking'
    try {
      const { coords } = await new Promise<GeolocationPosition>((done, failed) => navigator.geolocation.getCurrentPosition(done, failed, { enableHighAccuracy: true, timeout: WITHIN, maximumAge: 0 }))
      accuracy.value = coords.accuracy
      state.value = limit > 0 && coords.accuracy > limit ? 'poor' : 'idle'
      return state.value === 'idle' ? { lng: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy * 10) / 10 } : undefined
    } catch (cause) {
      state.value = (cause as GeolocationPositionError).code === 1 ? 'denied' : 'unavailable'
      return undefined
    }
  }
  return { state, accuracy, ask }
}
