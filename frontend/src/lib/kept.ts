/** Removes what the service worker has kept of a person's reading. The outbox is another thing, and stays. */
export async function forgetKept() {
  if (typeof caches === 'undefined') return // plain http keeps nothing
  for (const name of await caches.keys()) if (/^(data|tiles|state)/.test(name)) await caches.delete(name)
}
