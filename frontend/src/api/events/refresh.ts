import type { QueryClient } from '@tanstack/vue-query'
import { debounce } from '@/lib/debounce'
import { onRowsChanged } from './connection'

const QUIET = 120 // ms; a burst of changes is one refresh

/** Asks again for whatever shows a changed layer. Gives the way to stop. */
export function refreshOnChange(client: QueryClient): () => void {
  return onBurst((changed) => {
    for (const key of ['installation', 'freshness']) void client.invalidateQueries({ queryKey: [key] })
    // A stream that begins anew may have ended since the rights changed.
    if (changed === undefined) for (const key of ['rows', 'me']) void client.invalidateQueries({ queryKey: [key] })
    else for (const layer of changed) void client.invalidateQueries({ queryKey: ['rows', layer] })
  })
}

/** Calls back once for a burst of changes with the layers that changed; undefined when anything may have. */
export function onBurst(work: (layers: Set<string> | undefined) => void): () => void {
  let layers: Set<string> | undefined = new Set()
  const run = debounce(() => {
    const changed = layers
    layers = new Set()
    work(changed)
  }, QUIET)
  const stop = onRowsChanged((changed) => {
    if (changed === undefined) layers = undefined
    else for (const layer of changed) layers?.add(layer)
    run()
  })
  return () => {
    stop()
    run.cancel()
  }
}
