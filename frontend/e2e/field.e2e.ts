// Work outside: without network, over reloads and sudden ends, over ended sessions and other people on the same phone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { launch, launchKept, PHONE } from './browser.ts'
import { photoOf } from './photo.ts'
import { ask, startServer, type Server } from './server.ts'

const LAYER = 'risk_point'
interface Row { id: string; geometry: { type: string; coordinates: number[] }; properties: Record<string, unknown> & { version: number; name: string } }

let browser: Browser
let server: Server // of its own, since rows are changed
let url: string
let open: BrowserContext[] = []
beforeAll(async () => {
  server = await startServer({ demo: true })
  url = server.url
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await server?.remove()
})
afterEach(async () => {
  await Promise.all(open.map((c) => c.close()))
  open = []
})

const json = async <T>(path: string, init?: RequestInit) => (await (await ask(url + path, init)).json()) as T
const row = (id: string) => json<Row>(`/api/layers/${LAYER}/features/${id}`)
const events = async (id: string) => (await json<{ events: { kind: string; changes: { field: string }[]; actor: string }[] }>(`/api/layers/${LAYER}/features/${id}/history`)).events
const named = async (name: string) => (await json<{ features: Row[] }>(`/api/layers/${LAYER}/features?q=${encodeURIComponent(name)}`)).features

/** Signs somebody of the demonstration in. */
async function signIn(context: BrowserContext, name = 'demo-staff') {
  const answer = await context.request.post(`${url}/api/session`, { data: { name, password: 'four-maps-demo' } })
  expect(answer.status()).toBe(200)
}

const AREA = '990121001' // that of the demonstration's staff
const WHERE = { latitude: 28.0165, longitude: 112.5137, accuracy: 12 }
const OPTIONS = { viewport: PHONE, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', geolocation: WHERE, permissions: ['geolocation'] }

async function phone(query = 'power=low', options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({ ...OPTIONS, ...options })
  open.push(context)
  await signIn(context)
  return { context, ...(await visit(context, query)) }
}

async function visit(context: BrowserContext, query = 'power=low') {
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${url}/field?${query}`)
  return { page, errors }
}

const ready = async (page: Page) => {
  await page.locator('[data-due]').first().waitFor()
  await page.getByText(/离线地图/).waitFor() // the service worker has taken over
  await page.getByText('离线地图已保存').waitFor({ timeout: 90_000 })
}
const waits = (page: Page, n: number) => page.locator(`[data-waiting-count="${n}"]`).waitFor({ timeout: 60_000 })
const dueIds = (page: Page) => page.locator('[data-due]').evaluateAll((all) => all.map((e) => (e as HTMLElement).dataset.due!))

/** Fills the form of a new risk point. */
async function fillNew(page: Page, name: string) {
  await page.locator('[data-add]').tap()
  await page.locator(`[data-layer=${LAYER}]`).tap()
  await page.locator('input[data-field=name]').fill(name)
  await page.locator('select[data-field=risk_level]').selectOption('general')
  await page.locator('select[data-field=kind]').selectOption('geological_hazard')
}

describe('without network', () => {
  test('confirm, add and photograph, reload, come back: everything is sent exactly once', async () => {
    const { context, page, errors } = await phone()
    await ready(page)
    await context.setOffline(true)
    const [first] = await dueIds(page)
    const layer = await page.locator(`[data-due="${first}"]`).getAttribute('data-of')
    await page.locator(`[data-due="${first}"] [data-confirm]`).tap()
    await page.locator(`[data-due="${first}"] [data-take-back]`).waitFor()
    const name = `断网新增${Date.now()}`
    await fillNew(page, name)
    await page.locator('[data-place]').getByText('± 12').waitFor()
    await page.locator('.photos [data-photo]').setInputFiles(await photoOf(page))
    await page.locator('[data-save]').tap()
    await page.locator('[data-said]').getByText('已保存在本机').waitFor()
    await waits(page, 3)

    await page.reload()
    await waits(page, 3)
    await page.locator('[data-due]').first().waitFor()
    await page.getByText(/没有网络，数据为/).waitFor()
    await page.locator('[data-tab-outbox]').tap()
    await page.getByText('断网新增').first().waitFor()

    await context.setOffline(false)
    await waits(page, 0)
    await page.locator('[data-outbox-state]').getByText('全部已发送').waitFor()
    const [made, ...more] = await named(name)
    expect(more).toEqual([])
    expect((await events(made!.id)).map((e) => e.kind)).toEqual(['insert'])
    expect(made!.properties.position_accuracy_m).toBe(12)
    const { files } = await json<{ files: { name: string }[] }>(`/api/layers/${LAYER}/features/${made!.id}/files`)
    expect(files.length).toBe(1)
    const confirmed = (await json<{ events: { kind: string; changes: { field: string }[] }[] }>(`/api/layers/${layer}/features/${first}/history`)).events
    expect(confirmed.filter((e) => e.kind === 'update' && e.changes.some((c) => c.field === 'confirmed_at')).length).toBe(1)
    expect(errors).toEqual([])
  })

  test('a phone that is killed starts again without network with all that was entered', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'fourmaps-phone-'))
    const name = `关机之前${Date.now()}`
    const before = await launchKept(folder, OPTIONS)
    await signIn(before.context)
    const { page } = await visit(before.context)
    await ready(page)
    await before.context.setOffline(true)
    await fillNew(page, name)
    await page.locator('[data-save]').tap()
    await waits(page, 1)
    await before.kill()
    // The page's service worker asks before a new browser knows that it is to be offline: there is truly no server.
    await server.stop()

    const after = await launchKept(folder, OPTIONS)
    await after.context.setOffline(true)
    const again = await visit(after.context)
    await waits(again.page, 1)
    await again.page.locator('[data-due]').first().waitFor()
    await server.start()
    await signIn(after.context) // a killed browser may have lost its cookie
    await after.context.setOffline(false)
    await waits(again.page, 0)
    expect((await named(name)).length).toBe(1)
    await after.context.close()
    rmSync(folder, { recursive: true, force: true })
  })
})

test('a confirmation can be taken back, and is not sent then', async () => {
  const { context, page } = await phone()
  await context.clock.install()
  await page.reload()
  await page.locator('[data-due]').nth(1).waitFor()
  const [first, second] = await page.locator('[data-due]').evaluateAll((all) => all.slice(0, 2).map((e) => ({ id: (e as HTMLElement).dataset.due!, layer: (e as HTMLElement).dataset.of! })))
  const tap = (row: { id: string }, what: string) => page.locator(`[data-due="${row.id}"] [${what}]`).tap()
  await tap(first!, 'data-confirm')
  await tap(first!, 'data-take-back')
  await page.locator(`[data-due="${first!.id}"] [data-confirm]`).waitFor()
  await waits(page, 0)
  // What is entered is sent in order: when the second has arrived, the first would have, too.
  await tap(second!, 'data-confirm')
  await waits(page, 1)
  await context.clock.fastForward(8000)
  await waits(page, 0)
  const confirmed = async (row: { id: string; layer: string }) => (await json<{ events: { kind: string; changes: { field: string }[] }[] }>(`/api/layers/${row.layer}/features/${row.id}/history`)).events.some((e) => e.kind === 'update' && e.changes.some((c) => c.field === 'confirmed_at'))
  expect(await confirmed(second!)).toBe(true)
  expect(await confirmed(first!)).toBe(false)
})

test('what somebody else changed meanwhile is shown field by field, and the choice is sent', async () => {
  const { context, page } = await phone()
  await ready(page)
  const mine = (await json<{ features: Row[] }>(`/api/due?layers=${LAYER}`)).features
  const shown = await dueIds(page)
  const target = mine.find((r) => shown.includes(r.id))!
  await page.locator(`[data-due="${target.id}"] .what`).tap()
  await context.setOffline(true)
  await page.locator('[data-edit]').tap()
  await page.locator('input[data-field=name]').fill('我改的名')
  await page.locator('select[data-field=kind]').selectOption('bridge')
  await page.locator('[data-save]').tap()
  await waits(page, 1)
  const { properties } = await row(target.id)
  const theirs = await ask(`${url}/api/layers/${LAYER}/features/${target.id}`, { method: 'PATCH', headers: { 'Content-Type': 'application/json', 'If-Match': `"${properties.version}"` }, body: JSON.stringify({ type: 'Feature', properties: { name: '他改的名', address: '他改的地址' } }) })
  expect(theirs.status).toBe(200)

  await context.setOffline(false)
  await page.locator('[data-held-count="1"]').waitFor({ timeout: 60_000 })
  await page.locator('[data-tab-outbox]').tap()
  const dispute = page.locator('[data-clash=name]')
  await dispute.getByText('我改的名').waitFor()
  await dispute.getByText('他改的名').waitFor()
  expect(await page.locator('[data-clash]').count()).toBe(1)
  expect(await violations(page)).toEqual([])
  expect(await page.locator('[data-resolve]').isDisabled()).toBe(true)
  await dispute.getByText('他改的名').tap()
  await page.locator('[data-resolve]').tap()
  await page.locator('[data-held-count="0"][data-waiting-count="0"]').waitFor()
  expect((await row(target.id)).properties).toMatchObject({ name: '他改的名', kind: 'bridge', address: '他改的地址' })
})

test('what the server refuses is kept, says why, and is sent when it is corrected', async () => {
  const { page } = await phone('power=low&probe=1')
  await page.locator('[data-due]').first().waitFor()
  // Far outside the person's own area, which only the server judges.
  await page.context().setGeolocation({ latitude: 28.4, longitude: 113.4, accuracy: 5 })
  const name = `走错地方${Date.now()}`
  await fillNew(page, name)
  await page.getByRole('button', { name: '当前位置 ± 5 米' }).tap()
  await page.locator('[data-place]').getByText('113.4, 28.4').waitFor()
  await page.locator('[data-save]').tap()
  await page.locator('[data-held-count="1"]').waitFor({ timeout: 30_000 })
  await page.locator('[data-tab-outbox]').tap()
  expect(await page.locator('[data-held=refused]').innerText()).toMatch(/区|范围/)
  await page.context().setGeolocation(WHERE)
  await page.locator('[data-edit-entry]').tap()
  expect(await page.locator('input[data-field=name]').inputValue()).toBe(name)
  await page.getByRole('button', { name: '当前位置 ± 12 米' }).tap()
  await page.locator('[data-place]').getByText('28.01').waitFor()
  await page.locator('[data-save]').tap()
  await page.locator('[data-held-count="0"][data-waiting-count="0"]').waitFor()
  expect((await named(name)).map((r) => r.geometry.coordinates)).toEqual([[WHERE.longitude, WHERE.latitude]])
})

test('a new point beside one of a similar name is joined to it by a button, with its photo', async () => {
  const { features } = await json<{ features: Row[] }>(`/api/layers/${LAYER}/features?limit=1&area=${AREA}`)
  const at = { latitude: features[0]!.geometry.coordinates[1]! + 0.0009, longitude: features[0]!.geometry.coordinates[0]! }
  const name = `老桥头险段${Date.now()}`
  const made = await json<Row>(`/api/layers/${LAYER}/features`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ type: 'Feature', geometry: { type: 'Point', coordinates: [at.longitude, at.latitude] }, accept: ['similar_nearby'], properties: { name, kind: 'bridge', risk_level: 'low' } }) })
  const { page } = await phone('power=low', { geolocation: { ...at, accuracy: 4 } })
  await page.locator('[data-due]').first().waitFor()
  await fillNew(page, `${name}点`)
  await page.locator('[data-place]').getByText('± 4 米').waitFor()
  await page.locator('.photos [data-photo]').setInputFiles(await photoOf(page))
  await page.locator('[data-save]').tap()
  await page.locator('[data-held-count="1"]').waitFor()
  await page.locator('[data-tab-outbox]').tap()
  await page.locator('[data-offer=merge]').first().tap()
  expect(await page.locator('input[data-field=name]').inputValue()).toBe(`${name}点`)
  await page.locator('input[data-field=name]').fill(name)
  await page.locator('[data-save]').tap()
  await page.locator('[data-held-count="0"][data-waiting-count="0"]').waitFor()
  expect(await named(name)).toHaveLength(1)
  expect((await row(made.id)).properties).toMatchObject({ name, risk_level: 'general' })
  expect((await json<{ files: unknown[] }>(`/api/layers/${LAYER}/features/${made.id}/files`)).files).toHaveLength(1)
})

test('what a row belongs to, and a place to look at, are found by name, without network among what is kept', async () => {
  const { context, page } = await phone('power=low&probe=1')
  await ready(page)
  const parents = (await json<{ features: Row[] }>(`/api/layers/command_unit/features?limit=1&level=county`)).features
  const villages = (await json<{ features: Row[] }>(`/api/layers/area/features?limit=1&level=village&area=${AREA}`)).features
  const due = await page.locator('[data-due][data-of=command_unit]').first().getAttribute('data-due')
  await context.setOffline(true)
  await page.locator(`[data-due="${due}"] .what`).tap()
  await page.locator('[data-edit]').tap()
  await page.locator('summary').tap()
  const parent = page.getByLabel('上级机构')
  await parent.fill(parents[0]!.properties.name)
  await page.getByRole('option', { name: parents[0]!.properties.name }).first().tap()
  expect(await parent.inputValue()).toBe(parents[0]!.properties.name)
  await page.locator('[name=spot]').fill(villages[0]!.properties.name)
  await page.getByRole('option', { name: villages[0]!.properties.name }).first().tap()
  await page.waitForFunction(() => window.fourmapsMap?.loaded())
  await page.locator('[data-choose-place]').waitFor()
  const { lng, lat } = await page.evaluate(() => window.fourmapsMap.getCenter().toArray()).then(([lng, lat]) => ({ lng: lng!, lat: lat! }))
  const ring = (villages[0]!.geometry.coordinates as unknown as number[][][]).flat(1).flat(2) as number[]
  const xs = ring.filter((_, i) => i % 2 === 0)
  const ys = ring.filter((_, i) => i % 2 === 1)
  expect(lng).toBeGreaterThan(Math.min(...xs))
  expect(lng).toBeLessThan(Math.max(...xs))
  expect(lat).toBeGreaterThan(Math.min(...ys))
  expect(lat).toBeLessThan(Math.max(...ys))
})

test('a session that ends meanwhile: entering goes on, and signing in again sends it', async () => {
  const { context, page } = await phone()
  await page.locator('[data-due]').first().waitFor()
  const { people } = await json<{ people: { id: string; account: { name: string } | null }[] }>('/api/people')
  const staff = people.find((p) => p.account?.name === 'demo-staff')!
  await ask(`${url}/api/people/${staff.id}/sessions`, { method: 'DELETE' })
  const again = page.locator('[data-sign-in-again]')
  await again.waitFor({ timeout: 60_000 })
  await again.locator('[data-later]').tap()
  const name = `登录失效${Date.now()}`
  await fillNew(page, name)
  await page.locator('[data-save]').tap()
  await page.locator('[data-outbox-state]').getByText('请重新登录').waitFor()
  // One truth at a time: the network is there.
  expect(await page.getByText('没有网络').count()).toBe(0)
  expect(await page.locator('[data-link]').getAttribute('data-link')).toBe('signed_out')
  expect(await named(name)).toEqual([])
  await page.locator('[data-tab-outbox]').tap()
  await page.locator('[data-paused] button').tap()
  await again.getByLabel('密码').fill('four-maps-demo')
  await page.keyboard.press('Enter')
  await waits(page, 0)
  expect((await named(name)).length).toBe(1)
  await context.close()
})

test('another person on the same phone sees nothing of what waits, and sends nothing of it', async () => {
  const { context, page } = await phone()
  await ready(page)
  await context.setOffline(true)
  const name = `别人的手机${Date.now()}`
  await fillNew(page, name)
  await page.locator('[data-save]').tap()
  await waits(page, 1)
  await page.close()
  await context.setOffline(false)
  await signIn(context, 'demo-inspector')
  const other = await visit(context)
  await other.page.locator('[data-due]').first().waitFor()
  await waits(other.page, 0)
  expect(await other.page.locator('[data-add]').count(), 'an inspector adds nothing').toBe(0)
  await other.page.locator('[data-tab-outbox]').tap()
  await other.page.locator('[data-outbox-panel]').waitFor()
  expect(await other.page.getByText('别人的手机').count()).toBe(0)
  expect(await named(name)).toEqual([])
  // Nothing that was kept of the first person's reading is left for the second.
  const caches = await other.page.evaluate(async () => (await window.caches.keys()).filter((n) => n.startsWith('data-')))
  expect(caches.length).toBeLessThanOrEqual(1)
  await other.page.close()

  await signIn(context)
  const back = await visit(context)
  await waits(back.page, 0)
  await expect.poll(async () => (await named(name)).length, { timeout: 30_000 }).toBe(1)
})

describe('the position', () => {
  test('is refused with its number when it is worse than the layer allows; the map does instead', async () => {
    const { page } = await phone('power=low&probe=1', { geolocation: { ...WHERE, accuracy: 180 } })
    await page.locator('[data-due]').first().waitFor()
    const name = `定位太差${Date.now()}`
    await fillNew(page, name)
    await page.locator('[data-inaccurate]').getByText('± 180 米').waitFor()
    await page.locator('[data-inaccurate]').getByText('50 米').waitFor()
    expect(await page.locator('[data-place]').count()).toBe(0)
    await page.locator('[data-save]').tap()
    await waits(page, 0)
    await page.locator('[data-pick]').tap()
    await page.waitForFunction(() => window.fourmapsMap?.loaded(), null, { timeout: 60_000 })
    await page.locator('[data-choose-place]').tap()
    await page.locator('[data-place]').getByText('图上选点').waitFor()
    expect(await page.locator('input[data-field=name]').inputValue()).toBe(name)
    await page.locator('[data-save]').tap()
    await expect.poll(async () => (await named(name)).length, { timeout: 30_000 }).toBe(1)
    expect((await named(name))[0]!.properties.position_accuracy_m ?? null).toBeNull()
  })
})

test('on plain http the page says what is missing, and entries still wait', async () => {
  const context = await browser.newContext(OPTIONS)
  open.push(context)
  await signIn(context)
  // What a browser has on an intranet address over plain http.
  await context.addInitScript(() => {
    Object.defineProperty(window, 'isSecureContext', { value: false })
    for (const name of ['serviceWorker', 'geolocation', 'locks', 'storage']) Reflect.deleteProperty(Navigator.prototype, name)
    Reflect.deleteProperty(window, 'caches')
    Reflect.deleteProperty(Crypto.prototype, 'randomUUID')
  })
  const { page, errors } = await visit(context, 'power=low&probe=1')
  await page.locator('[data-insecure]').waitFor()
  await page.locator('[data-due]').first().waitFor()
  await context.setOffline(true)
  const name = `没有证书${Date.now()}`
  await fillNew(page, name)
  await page.getByText('未使用 https，浏览器不提供定位').waitFor()
  await page.locator('[data-pick]').tap()
  await page.locator('[data-choose-place]').tap()
  await page.locator('[data-save]').tap()
  await waits(page, 1)
  await context.setOffline(false)
  await waits(page, 0)
  expect((await named(name)).length).toBe(1)
  expect(errors).toEqual([])
})

test.each([['zh', 'dark', PHONE], ['en', 'light', { width: 360, height: 640 }]] as const)('thumbs, readers and small screens: %s', async (lang, theme, viewport) => {
  const context = await browser.newContext({ ...OPTIONS, viewport })
  open.push(context)
  await signIn(context)
  const { page } = await visit(context, `power=low&lang=${lang}&theme=${theme}`)
  await page.locator('[data-due]').first().waitFor()
  const check = async () => {
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
    const small = await page.locator('button:visible, a:visible, select:visible, input:visible').evaluateAll((all) =>
      all.map((e) => ({ name: (e.textContent || e.getAttribute('aria-label') || e.tagName).trim().slice(0, 30), box: e.getBoundingClientRect() })).filter(({ box }) => box.width > 1 && box.height > 1 && (box.height < 43.5 || box.width < 43.5)).map((e) => `${e.name} ${Math.round(e.box.width)}×${Math.round(e.box.height)}`))
    expect(small).toEqual([])
  }
  await check()
  await page.locator('[data-due] .what').first().tap()
  await page.locator('[data-row-sheet]').waitFor()
  await check()
  await page.locator('[data-add]').tap()
  await page.locator(`[data-layer=${LAYER}]`).tap()
  await page.locator('[data-save]').tap()
  await check()
  await page.locator('[data-tab-outbox]').tap()
  await page.locator('[data-outbox-panel]').waitFor()
  await check()
})
