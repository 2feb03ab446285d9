// The service worker: starts the page without network, and keeps the last answers of one person. It writes nothing to the
// server; what was entered waits in the outbox, which needs no service worker.
import { keyOf, tileWithin, treatment, type Box } from './keep'

declare const SHELL: { version: string; files: string[] } // filled in by the build

interface Lasting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Lasting { request: Request; respondWith(answer: Promise<Response>): void }
interface Told extends Lasting { data: unknown }
interface Worker {
  addEventListener(name: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(name: 'fetch', listener: (event: Fetching) => void): void
  addEventListener(name: 'message', listener: (event: Told) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  location: Location
}
const worker = self as unknown as Worker

const SHELL_NAME = `shell-${SHELL.version}`
const STATE = 'state'
const MOST = { data: 400, tiles: 3000 } // answers that are kept
const PATIENCE = { page: 4000, data: 8000, tile: 8000 } // ms until a kept answer is given instead

/** Whose answers are kept, and for which part of the map. */
interface State {
  person?: string
  box?: Box
}
let loaded: Promise<State> | undefined
let epoch = 0 // answers that were asked for before a change of person are not kept

worker.addEventListener('install', (event) => event.waitUntil(install().then(() => worker.skipWaiting())))
worker.addEventListener('activate', (event) => event.waitUntil(activate().then(() => worker.clients.claim())))
worker.addEventListener('message', (event) => {
  const { keepBox } = (event.data ?? {}) as { keepBox?: Box }
  if (Array.isArray(keepBox) && keepBox.length === 4 && keepBox.every(Number.isFinite)) event.waitUntil(state().then((s) => save({ ...s, box: keepBox })))
})
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/api/session') && (event.request.method !== 'GET' || event.request.mode === 'navigate')) return event.respondWith(session(event.request))
  if (event.request.method !== 'GET') return
  const kind = treatment(url, event.request.mode === 'navigate')
  if (kind === 'page') event.respondWith(page(event.request))
  else if (kind === 'asset') event.respondWith(asset(event.request))
  else if (kind === 'file') event.respondWith(file(event.request))
  else if (kind === 'data' || kind === 'tile') event.respondWith(keeping(event, url, kind))
})

async function install() {
  const shell = await caches.open(SHELL_NAME)
  await Promise.all(SHELL.files.map(async (file) => {
    // A file with its content's sum in its name is the same in every version.
    const known = file.startsWith('/assets/') ? await caches.match(file, { ignoreVary: true }) : undefined
    const answer = known ?? (await fetch(file, { cache: 'no-cache' }))
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`)
    await shell.put(file, answer)
  }))
}

// The version before stays: pages that were opened with it may still ask for its parts.
async function activate() {
  const shells = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== SHELL_NAME)
  for (const name of shells.slice(0, -1)) await caches.delete(name)
}

async function page(request: Request): Promise<Response> {
  const answer = await within(fetch(request), PATIENCE.page)
  if (answer && answer.status < 500) return answer
  return (await caches.match('/', { cacheName: SHELL_NAME, ignoreVary: true })) ?? answer ?? Response.error()
}

async function asset(request: Request): Promise<Response> {
  const known = await caches.match(request.url, { ignoreVary: true })
  if (known) return known
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(SHELL_NAME)).put(request.url, answer.clone()).catch(() => undefined) // no room: it is only fetched again
  return answer
}

async function file(request: Request): Promise<Response> {
  const answer = await within(fetch(request), PATIENCE.page)
  return answer?.ok ? answer : ((await caches.match(new URL(request.url).pathname, { ignoreVary: true })) ?? answer ?? Response.error())
}

async function keeping(event: Fetching, url: URL, kind: 'data' | 'tile'): Promise<Response> {
  const begun = epoch
  const before = await state()
  const asked = fetch(event.request).then(async (answer) => {
    if (url.pathname === '/api/me' && answer.ok) await isFor(answer.clone())
    const { person, box } = await state()
    const kept = person !== undefined && answer.ok && (begun === epoch || url.pathname === '/api/me') && (kind === 'data' || tileWithin(url, box))
    if (kept && !(await isSignedOut(url, answer))) await keep(kind === 'data' ? `data-${person}` : `tiles-${person}`, url, answer.clone())
    return answer
  })
  event.waitUntil(asked.then(() => undefined, () => undefined)) // an answer that comes too late is kept all the same
  const answer = await within(asked, PATIENCE[kind])
  if (answer && answer.status < 502) return answer
  const known = before.person && (await caches.match(keyOf(url), { cacheName: `${kind === 'data' ? 'data' : 'tiles'}-${before.person}`, ignoreVary: true }))
  return known || answer || asked
}

/** That a session has ended is no news for a phone without network: its person goes on reading what is kept. */
async function isSignedOut(url: URL, answer: Response): Promise<boolean> {
  return url.pathname === '/api/session' && !((await answer.clone().json()) as { signed_in?: boolean }).signed_in
}

/** What comes in time; undefined for what fails or takes longer. */
function within(work: Promise<Response>, ms: number): Promise<Response | undefined> {
  return Promise.race([work.catch(() => undefined), new Promise<undefined>((done) => setTimeout(done, ms, undefined))])
}

let puts = 0
async function keep(name: string, url: URL, answer: Response) {
  const headers = new Headers(answer.headers)
  headers.set('Fourmaps-Kept', new Date().toISOString())
  headers.delete('Content-Encoding') // the body is what came out of it
  headers.delete('Content-Length')
  try {
    const cache = await caches.open(name)
    await cache.put(keyOf(url), new Response(await answer.blob(), { status: 200, headers }))
    if (++puts % 50 === 0) await trim(cache, name.startsWith('data') ? MOST.data : MOST.tiles)
  } catch {
    // no room on this phone: what is entered matters more than what is kept
  }
}

async function trim(cache: Cache, most: number) {
  const keys = await cache.keys() // the oldest first
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(key)
}

/** Signing in, out, or by single sign-on: nothing of the person before may be given to the next one. */
async function session(request: Request): Promise<Response> {
  const answer = await fetch(request)
  if (request.method === 'POST' && answer.ok) await isFor(answer.clone())
  else if (request.method === 'DELETE' || request.mode === 'navigate') await forget()
  return answer
}

/** Learns from an answer whose it is. */
async function isFor(answer: Response) {
  const me = (await answer.json().catch(() => undefined)) as { person?: { id?: string } } | undefined
  const person = me?.person?.id
  const now = await state()
  if (!person || person === now.person) return
  await forget()
  await save({ person })
  // The page asks this first, before it is known whose answers these are.
  const session = await fetch('/api/session').catch(() => undefined)
  if (session?.ok && !(await isSignedOut(new URL(session.url), session))) await keep(`data-${person}`, new URL(session.url), session)
}

async function forget() {
  epoch++
  await save({})
  for (const name of await caches.keys()) if (/^(data|tiles)-/.test(name)) await caches.delete(name)
}

function state(): Promise<State> {
  loaded ??= caches.match('/state', { cacheName: STATE }).then((found) => (found ? (found.json() as Promise<State>) : {}))
  return loaded
}

async function save(next: State) {
  loaded = Promise.resolve(next)
  await (await caches.open(STATE)).put('/state', new Response(JSON.stringify(next)))
}
