import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Entry } from '@/lib/outbox/entry'
import { transport } from './outbox'

beforeEach(() => vi.stubGlobal('document', { documentElement: { lang: 'zh-CN' } }))
afterEach(() => vi.unstubAllGlobals())

const asked: { url: string; init: RequestInit }[] = []
function answer(body: unknown, status = 200) {
  asked.length = 0
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, init })
    return Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }))
  })
}
const entry = (more: Partial<Entry>): Entry => ({ person: 'p', kind: 'change', layer: 'risk_point', row: 'r', base: 3, name: 'a', seq: 1, key: 'k', occurredAt: 0, state: 'waiting', tried: true, body: { properties: { name: 'b' } }, ...more })
const headers = () => asked[0]!.init.headers as Record<string, string>
const row = { id: 'r', properties: { version: 4 } }

test('a change says its key, its person, the version that was seen and when it happened', async () => {
  answer(row)
  expect(await transport(entry({}))).toEqual({ kind: 'sent', version: 4 })
  expect([asked[0]!.init.method, asked[0]!.url]).toEqual(['PATCH', '/api/layers/risk_point/features/r'])
  expect(headers()).toMatchObject({ 'Idempotency-Key': 'k', 'Fourmaps-Person': 'p', 'If-Match': '"3"' })
  expect(JSON.parse(asked[0]!.init.body as string)).toEqual({ type: 'Feature', properties: { name: 'b' }, occurred_at: '1970-01-01T00:00:00.000Z' })
})

test('a new row brings its id, and no version', async () => {
  answer(row, 201)
  expect(await transport(entry({ kind: 'create', base: undefined }))).toEqual({ kind: 'sent', version: 4 })
  expect(JSON.parse(asked[0]!.init.body as string).id).toBe('r')
  expect(headers()).not.toHaveProperty('If-Match')
})

test('a photo goes as it is, under its own id', async () => {
  answer({}, 201)
  expect(await transport(entry({ kind: 'photo', body: undefined, photo: { bytes: new Uint8Array([1]).buffer, type: 'image/jpeg', name: '塌方.jpg' } }))).toEqual({ kind: 'sent', version: undefined })
  expect(asked[0]!.url).toMatch(/^\/api\/layers\/risk_point\/features\/r\/files\/k\?name=/)
  expect(headers()).toMatchObject({ 'Content-Type': 'image/jpeg', 'Fourmaps-Person': 'p' })
})

test.each([
  ['somebody else meanwhile', 412, { code: 'changed_meanwhile', current: row }, { kind: 'conflict', current: row }],
  ['a deletion meanwhile', 412, { code: 'changed_meanwhile', current: null }, { kind: 'conflict', current: null }],
  ['a field that is wrong', 422, { code: 'invalid_entry', detail: 'no', errors: [] }, { kind: 'refused', refusal: { code: 'invalid_entry', text: 'no', errors: [], findings: undefined } }],
  ['something to look at', 422, { code: 'needs_decision', detail: 'look', findings: [{ code: 'outside_district' }] }, { kind: 'refused', refusal: { code: 'needs_decision', text: 'look', errors: undefined, findings: [{ code: 'outside_district' }] } }],
  ['a right that is missing', 403, { code: 'not_permitted', detail: 'no' }, { kind: 'refused', refusal: { code: 'not_permitted', text: 'no', errors: undefined, findings: undefined } }],
  ['a session that has ended', 401, { code: 'not_signed_in' }, { kind: 'signed_out' }],
  ['another person', 403, { code: 'another_person' }, { kind: 'signed_out' }],
  ['a server that is busy', 503, { code: 'busy' }, { kind: 'later' }],
  ['too many at once', 429, { code: 'locked_out' }, { kind: 'later' }],
  ['the sign-in page of a hotel', 403, '<html>pay</html>', { kind: 'later' }],
  ['a page with success of a hotel', 200, '<html>pay</html>', { kind: 'later' }],
])('%s', async (_, status, body, want) => {
  answer(body, status)
  expect(await transport(entry({}))).toEqual(want)
})
