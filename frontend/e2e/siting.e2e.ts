// Where things may stand: a row too near is held back with both numbers, saved with a reason, listed, and resolved when it
// moves away; rules are changed by administrators; and a township without an outline works by its code.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { figureBecomes, launch, mapIdle, PHONE, visit, WIDE } from './browser.ts'
import { ask, startServer, type Server } from './server.ts'

let server: Server
let browser: Browser
let store: [number, number] // of fireworks: 500 m are to be kept from it
beforeAll(async () => {
  server = await startServer({ demo: true })
  browser = await launch()
  const { features } = await json<{ features: { geometry: { coordinates: [number, number] } }[] }>('/api/layers/risk_point/features?kind=fireworks&limit=1')
  store = features[0]!.geometry.coordinates
}, 320_000)
afterAll(async () => {
  await browser?.close()
  await server?.remove()
})

interface Found { id: string; state: string; measured: number; required: number; row: { id: string; name: string } }
const json = async <T>(path: string, init: RequestInit = {}) => (await (await ask(`${server.url}${path}`, init)).json()) as T
const findings = (query = '') => json<{ findings: Found[]; states: Record<string, number> }>(`/api/siting/findings?${query}`)
const field = (page: Page, name: string) => page.locator(`[data-entry] [name="${name}"]`).first()
const METRE = 1 / 98_000 // degrees of longitude, about, at the latitude of the demonstration
const type = (page: Page, metres: number) => field(page, 'coordinates').fill(`${store[1]}N ${(store[0] + metres * METRE).toFixed(7)}E`)

test('the night’s check has found what the demonstration does wrong, and says when', async () => {
  await expect.poll(async () => (await findings('state=open')).findings.length, { timeout: 30_000 }).toBeGreaterThan(3)
  const { page, errors, close } = await visit(browser, `${server.url}/siting`, { viewport: WIDE })
  await page.locator('[data-finding]').first().waitFor()
  await page.locator('[data-last-check]').getByText('定时').waitFor()
  await page.locator('[data-finding]', { hasText: '13.3 米' }).getByText('至少 15 米').waitFor()
  await page.locator('[data-rule=corridor_330]').click()
  await expect.poll(() => page.locator('[data-finding]').count()).toBe(1)
  await page.locator('[data-finding]').getByText('电力设施保护条例第十条').waitFor()
  expect(await violations(page)).toEqual([])
  // The row opens on the map, with a line to the power line.
  await page.locator('[data-finding] button').first().click()
  await page.locator('[data-siting-section] [data-finding]').first().waitFor()
  await page.goto(`${page.url()}&probe=1`)
  await mapIdle(page)
  await page.waitForFunction(() => window.fourmapsMap.getLayer('lines') && window.fourmapsMap.queryRenderedFeatures({ layers: ['lines'] }).length > 0)
  expect(errors).toEqual([])
  await close()
})

test('too near is held back with both numbers, saved with a reason, listed, and resolved by moving away', async () => {
  const before = (await findings()).states
  const { page, close } = await visit(browser, `${server.url}/risk?lang=zh&power=low`, { viewport: WIDE })
  await mapIdle(page)
  await page.locator('[data-new]').click()
  await page.locator('[data-new-layer=risk_point]').click()
  await field(page, 'name').fill('演练废品站')
  await field(page, 'risk_level').selectOption('low')
  await field(page, 'kind').selectOption('waste_recycling_point')
  await type(page, 300)
  await page.locator('[data-save]').click()
  const held = page.locator('[data-finding=siting_refused]', { hasText: '至少应为 500 米' })
  await held.waitFor()
  const told = /“[^”]+” ([\d.]+) 米/.exec(await held.innerText())
  expect(Math.abs(Number(told?.[1]) - 300)).toBeLessThan(5)
  expect(await held.innerText()).toContain('再生资源回收场所安全专项整治方案四、（六）')
  const accept = page.locator('[data-offer=accept]')
  await page.locator('[data-findings] ~ [data-reason], dialog textarea').first().fill('县政府批准的临时点')
  await accept.click()
  await page.locator('[data-toast]', { hasText: '演练废品站' }).waitFor()
  const [waived] = (await findings('state=waived')).findings
  expect(waived!.row.name).toBe('演练废品站')
  await page.locator('[data-siting-section]').getByText('县政府批准的临时点').waitFor()

  await page.goto(`${server.url}/siting?state=waived&lang=zh`)
  await page.locator('[data-finding]', { hasText: '演练废品站' }).getByText('县政府批准的临时点').waitFor()

  await page.goto(`${server.url}/risk?lang=zh&power=low&sel=risk_point/${waived!.row.id}`)
  await page.locator('[data-card]').getByRole('button', { name: '编辑' }).click()
  await type(page, 560)
  await page.locator('[data-save]').click()
  // In the open there may be other rules; what is known of them is accepted.
  const again = page.locator('[data-offer=accept]')
  await Promise.race([page.locator('[data-entry]').waitFor({ state: 'detached' }), again.waitFor()])
  if (await again.isVisible()) {
    if (await page.locator('dialog textarea').count()) await page.locator('dialog textarea').first().fill('演练')
    await again.click()
    await page.locator('[data-entry]').waitFor({ state: 'detached' })
  }
  await expect.poll(async () => (await findings(`row=${waived!.row.id}`)).findings.find((f) => f.id === waived!.id)?.state).toBe('resolved')
  expect((await findings()).states.resolved).toBeGreaterThan(before.resolved!)
  await close()
}, 120_000)

test('a finding is waived and the waiver taken back on the page; a rule that asks for less has fewer findings', async () => {
  const { page, errors, close } = await visit(browser, `${server.url}/siting?lang=zh`, { viewport: WIDE })
  const petrol = page.locator('[data-finding]', { hasText: '加油站' })
  await petrol.locator('[data-waive-open]').click()
  expect(await page.locator('dialog [data-waive]').isDisabled()).toBe(true)
  await page.locator('dialog textarea').fill('线路年内迁改')
  expect(await violations(page)).toEqual([])
  await page.locator('dialog [data-waive]').click()
  await petrol.waitFor({ state: 'detached' })
  await page.locator('[data-show=waived]').click()
  await page.locator('[data-finding]', { hasText: '线路年内迁改' }).locator('[data-take-back]').click()
  await page.locator('[data-finding]', { hasText: '线路年内迁改' }).waitFor({ state: 'detached' })
  await page.locator('[data-show=open]').click()
  await petrol.waitFor()
  await page.locator('[data-edit=corridor_10]').click()
  await page.locator('dialog [data-number]').fill('3.5')
  await page.locator('dialog [data-save]').click()
  await petrol.waitFor({ state: 'detached' })
  await page.locator('[data-check-now]').click()
  await page.locator('[data-toast]', { hasText: '已检查' }).waitFor()
  await page.locator('[data-last-check]').getByText('浏览器测试').waitFor()
  expect(errors).toEqual([])
  await close()
})

test('the page on a phone, in English', async () => {
  const { page, close } = await visit(browser, `${server.url}/siting?lang=en`, { viewport: PHONE, hasTouch: true, isMobile: true })
  await page.locator('[data-finding]').first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  expect(await violations(page)).toEqual([])
  await close()
})

test('a township without an outline is entered, named, counted and flown to by its code', async () => {
  const code = '990121999'
  const { features } = await json<{ features: { id: string; properties: { code: string } }[] }>('/api/layers/area/features?level=county')
  const made = await json<{ id?: string }>('/api/layers/area/features', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: 'Feature', geometry: { type: 'Point', coordinates: store }, properties: { name: '无图乡', code, level: 'township', parent_id: features[0]!.id } }),
  })
  expect(made.id, JSON.stringify(made)).toBeTruthy()
  const site = await json<{ properties?: { area_code: string } }>('/api/layers/material_site/features', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: 'Feature', geometry: { type: 'Point', coordinates: store }, accept: ['similar_nearby'], properties: { name: '无图乡物资站', kind: 'township_store', area_id: made.id } }),
  })
  expect(site.properties?.area_code, JSON.stringify(site)).toBe(code)
  const { page, errors, close } = await visit(browser, `${server.url}/material?lang=zh&power=low&area=${code}`, { viewport: WIDE })
  await mapIdle(page)
  await figureBecomes(page, '[data-total]', 1)
  await page.getByText('无图乡', { exact: true }).first().waitFor()
  const centre = await page.evaluate(() => ({ ...window.fourmapsMap.getCenter(), zoom: window.fourmapsMap.getZoom() }))
  expect(Math.abs(centre.lng - store[0])).toBeLessThan(0.02)
  expect(Math.abs(centre.lat - store[1])).toBeLessThan(0.02)
  expect(centre.zoom).toBeGreaterThan(11)
  expect(centre.zoom).toBeLessThan(16)
  // From the whole county it is among the townships, with its count, and named on the map.
  await page.goto(`${server.url}/material?lang=zh&power=low&probe=1`)
  await page.locator('tr', { hasText: '无图乡' }).getByRole('button', { name: '1', exact: true }).waitFor()
  await mapIdle(page)
  await page.locator('tr', { hasText: '无图乡' }).getByRole('button', { name: '无图乡' }).click()
  await page.waitForFunction(([lng, lat]) => Math.abs(window.fourmapsMap.getCenter().lng - lng!) < 0.02 && Math.abs(window.fourmapsMap.getCenter().lat - lat!) < 0.02, store)
  await page.waitForFunction(() => window.fourmapsMap.querySourceFeatures('area-names').some((f) => String(f.properties.name).includes('无图乡')))
  expect(errors).toEqual([])
  await close()
})
