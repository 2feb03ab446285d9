import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { address, ApiError, get, NetworkError } from './client'

beforeEach(() => vi.stubGlobal('document', { documentElement: { lang: 'zh-CN' } }))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})
const answer = (body: string | null, status = 200) => vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })))
const silence = (_: string, { signal }: { signal: AbortSignal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))

test('empty parameters are left out, commas stay readable', () => {
  expect(address('/a', { x: 'b,c', y: '', z: undefined, n: 1 })).toBe('/a?x=b,c&n=1')
})

test('a refusal carries its status and its words', async () => {
  answer('{"status":400,"title":"请求有误","detail":"area: 区划代码"}', 400)
  const refused = await get('/a').catch((e: unknown) => e)
  expect(refused).toBeInstanceOf(ApiError)
  expect((refused as ApiError).status).toBe(400)
  expect((refused as ApiError).message).toBe('area: 区划代码')
})

test('an answer of a proxy is a refusal without words of its own', async () => {
  answer('<html>Bad Gateway</html>', 502)
  expect(((await get('/a').catch((e: unknown) => e)) as ApiError).message).toBe('HTTP 502')
})

test('no content is null', async () => {
  answer(null, 204)
  expect(await get('/a')).toBeNull()
})

test('half an answer is a fault of the network', async () => {
  answer('{"features":[')
  await expect(get('/a')).rejects.toBeInstanceOf(NetworkError)
})

test('a server that stays silent is given up', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', silence)
  const waiting = expect(get('/a')).rejects.toBeInstanceOf(NetworkError)
  await vi.advanceTimersByTimeAsync(30_000)
  await waiting
})

test('what is called off is no fault', async () => {
  vi.stubGlobal('fetch', silence)
  const call = new AbortController()
  const waiting = expect(get('/a', {}, call.signal)).rejects.toMatchObject({ name: 'AbortError' })
  call.abort()
  await waiting
})
