// Makes this phone ready for a place without network: the service worker, and the map of my area.
import { useQueryClient } from '@tanstack/vue-query'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Box } from '@/api/types'
import type { MapInput } from '@/map/style/input'
import { buildStyle } from '@/map/style/style'
import { DEEPEST, tilesOf } from '@/worker/keep'

const COARSEST = 8
const MOST_TILES = 350 // of each source; a township needs some hundred
const AT_ONCE = 3
const KEPT_KEY = 'fourmaps.field.map'
const KEPT_FOR = 24 * 3_600_000 // ms

/** none: this browser cannot (plain http); starting; ready; loading with the part that is done; kept: the map is here. */
export type Offline = { kind: 'none' } | { kind: 'starting' } | { kind: 'ready' } | { kind: 'loading'; part: number } | { kind: 'kept' }

export function useOffline(input: Readonly<Ref<MapInput | undefined>>, box: Readonly<Ref<Box | undefined>>) {
  const client = useQueryClient()
  const state = ref<Offline>({ kind: 'serviceWorker' in navigator ? 'starting' : 'none' })
  let end = new AbortController()
  let asked = ''

  async function start() {
    if (state.value.kind === 'none' || !import.meta.env.PROD) return
    try {
      const before = navigator.serviceWorker.controller
      await navigator.serviceWorker.register('/sw.js')
      await navigator.serviceWorker.ready
      if (!before) {
        await controlled()
        await get('/api/me') // whose answers these are
        await client.invalidateQueries() // asked again, so that the answers are kept
      }
      state.value = { kind: 'ready' }
    } catch {
      state.value = { kind: 'none' } // a browser that forbids it
    }
  }
  void start()

  watch([() => state.value.kind === 'ready', input, box], async ([ready, now, area]) => {
    const worker = navigator.serviceWorker?.controller
    const wanted = JSON.stringify(area)
    if (!ready || !now || !area || !worker || asked === wanted) return
    asked = wanted
    worker.postMessage({ keepBox: [...area] })
    if (await isKept(wanted)) return void (state.value = { kind: 'kept' })
    end.abort()
    end = new AbortController()
    await download(now, area, end.signal)
  })
  onBeforeUnmount(() => end.abort())

  async function download(now: MapInput, area: Box, signal: AbortSignal) {
    const addresses = tileAddresses(now, area)
    let done = 0
    let failed = false
    const next = async () => {
      for (let url = addresses.shift(); url && !signal.aborted && !failed; url = addresses.shift()) {
        const answer = await fetch(url, { signal, priority: 'low' } as RequestInit).catch(() => undefined)
        if (!answer || answer.headers.has('Fourmaps-Kept')) failed = true // no network: the rest another time
        state.value = { kind: 'loading', part: ++done / (done + addresses.length) }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, next))
    if (signal.aborted) return
    state.value = { kind: failed ? 'ready' : 'kept' }
    if (!failed) localStorage.setItem(KEPT_KEY, JSON.stringify({ area: asked, at: Date.now() }))
  }
  return state
}

/** Whether the map of an area was kept lately, and is still here. What the map shows meanwhile is kept in passing. */
async function isKept(area: string): Promise<boolean> {
  const { area: before, at } = JSON.parse(localStorage.getItem(KEPT_KEY) ?? '{}') as { area?: string; at?: number }
  return before === area && Date.now() - (at ?? 0) < KEPT_FOR && (await caches.keys()).some((name) => name.startsWith('tiles-'))
}

const controlled = () =>
  new Promise<void>((done) => {
    if (navigator.serviceWorker.controller) done()
    else navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true })
  })

/** The tiles of all that the map shows of an area. */
export function tileAddresses(input: MapInput, area: Box): string[] {
  const sources = Object.values(buildStyle(input, {}).sources) as { tiles?: string[]; minzoom?: number; maxzoom?: number }[]
  return sources.flatMap(({ tiles, minzoom = 0, maxzoom = 22 }) =>
    tiles?.[0] ? tilesOf(area, Math.max(COARSEST, minzoom), Math.min(DEEPEST - 1, maxzoom), MOST_TILES).map(({ z, x, y }) => tiles[0]!.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y))) : [],
  )
}
