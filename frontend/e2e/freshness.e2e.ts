// How old rows are: marks and fading, confirming in one tap, what is due in walking order, shares that open their rows,
// periods that hold at once; and the dialog of exports with what only some may see.
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { figure, figureBecomes, launch, mapIdle, PHONE, visit, WIDE } from './browser.ts'
import { ask, startServer, type Server } from './server.ts'

let server: Server
let browser: Browser
beforeAll(async () => {
  server = await startServer({ demo: true })
  browser = await launch()
}, 320_000)
afterAll(async () => {
  await browser?.close()
  await server?.remove()
})

interface Stop { id: string; layer: string; leg_m: number | null; properties: { name: string; version: number } }
const json = async <T>(path: string, init: RequestInit = {}) => (await (await ask(`${server.url}${path}`, init)).json()) as T
const walk = (query = '') => json<{ features: Stop[]; numberMatched: number }>(`/api/due?layers=risk_point${query}`)
const agesOnMap = (page: Page) => page.evaluate(() => window.fourmapsMap.queryRenderedFeatures({ layers: ['risk_point-age'] }).length)

test('symbols fade by age and carry a mark; the legend says what it means and turns it off without a new layout', async () => {
  const { page, close, errors } = await visit(browser, `${server.url}/risk`, { viewport: WIDE })
  await mapIdle(page)
  const legend = page.locator('[data-age-legend]')
  const counts = await Promise.all(['fresh', 'due', 'never'].map((age) => figure(page, `[data-age-legend] [data-age=${age}] b`)))
  expect(counts.reduce((a, b) => a + b)).toBe(107)
  expect(counts[1]).toBeGreaterThan(0)
  const opacity = () => page.evaluate(() => JSON.stringify(window.fourmapsMap.getPaintProperty('risk_point-lead', 'icon-opacity')))
  const layout = () => page.evaluate(() => JSON.stringify(window.fourmapsMap.getStyle().layers.map((l) => ('layout' in l ? l.layout : null))))
  expect(await opacity()).toContain('confirmed_day')
  expect(await agesOnMap(page)).toBeGreaterThan(0)
  const before = await layout()
  await legend.locator('[data-fade]').uncheck()
  await page.waitForFunction(() => window.fourmapsMap.getPaintProperty('risk_point-lead', 'icon-opacity') === 1)
  expect(await page.evaluate(() => window.fourmapsMap.getLayer('risk_point-age'))).toBeFalsy()
  await legend.locator('[data-fade]').check()
  await page.waitForFunction(() => window.fourmapsMap.getLayer('risk_point-age'))
  expect(await layout()).toBe(before)
  await legend.locator('[data-age=never]').click()
  await figureBecomes(page, '[data-total]', counts[2]!)
  expect(await page.locator('[role=option] [data-age=never]').count()).toBeGreaterThan(0)
  expect(await violations(page)).toEqual([])
  expect(errors).toEqual([])
  await close()
})

test('one tap confirms: who and when stand in the card at once; a row that others changed is not confirmed unseen', async () => {
  const due = (await walk()).features
  const [first, second] = [due[0]!, due[1]!]
  const { page, close } = await visit(browser, `${server.url}/risk?sel=risk_point/${first.id}&power=low`)
  await page.locator('[data-freshness]').getByText('已到期').or(page.locator('[data-freshness]').getByText('从未核实').first()).first().waitFor()
  await page.locator('[data-confirm]').click()
  await page.locator('[data-freshness]').getByText('在周期内').waitFor()
  await page.locator('[data-freshness]').getByText('浏览器测试').waitFor()
  await page.locator('[data-card]').getByText('已确认', { exact: true }).waitFor()
  const row = await json<{ properties: { confirmed_by: string; version: number } }>(`/api/layers/risk_point/features/${first.id}`)
  expect(row.properties.confirmed_by).toBe('浏览器测试')

  // The tap leaves with the version that was seen; meanwhile somebody writes.
  await page.goto(`${server.url}/risk?sel=risk_point/${second.id}&power=low`)
  await page.locator('[data-confirm]').waitFor()
  await page.route('**/confirm', async (route) => {
    await server.sql(`UPDATE risk_point SET address = '改过了' WHERE id = '${second.id}'`)
    await route.continue()
  })
  await page.locator('[data-confirm]').click()
  await page.getByRole('alert').getByText('此记录刚被他人修改').waitFor()
  await page.locator('[data-card]').getByText('改过了').waitFor()
  expect(await page.locator('[data-freshness]').getByText('在周期内').count()).toBe(0)
  await page.unroute('**/confirm')
  await page.locator('[data-confirm]').click()
  await page.locator('[data-freshness]').getByText('在周期内').waitFor()
  await close()
})

test('who may not confirm is not offered it', async () => {
  const { page, close } = await visit(browser, `${server.url}/risk?tab=due&power=low`, { signedOut: true })
  await page.getByRole('button', { name: '查看人员' }).click()
  await page.locator('[data-stop]').first().waitFor()
  expect(await page.locator('[data-stop] .confirm').count()).toBe(0)
  await page.locator('[data-stop] .row').first().click()
  await page.locator('[data-freshness]').waitFor()
  expect(await page.locator('[data-confirm]').count()).toBe(0)
  await close()
})

test('what is due is listed in walking order from where one stands, and is confirmed from the list', async () => {
  const here = { latitude: 25.2, longitude: 110.2 }
  const { page, close } = await visit(browser, `${server.url}/risk?tab=due&power=low`, { geolocation: here, permissions: ['geolocation'] })
  const list = page.locator('[data-stop]')
  const wanted = await walk('&from=110.2,25.2')
  await page.waitForFunction((id) => document.querySelector('[data-stop]')?.getAttribute('data-stop') === id, wanted.features[0]!.id)
  expect(await list.evaluateAll((all) => all.map((e) => e.getAttribute('data-stop')))).toEqual(wanted.features.map((f) => f.id))
  expect(await figure(page, '[data-due-total]')).toBe(wanted.numberMatched)
  await page.locator('[data-from-map]').click()
  await page.waitForFunction((id) => document.querySelector('[data-stop]')?.getAttribute('data-stop') !== id || true, wanted.features[0]!.id)
  const first = await list.first().getAttribute('data-stop')
  await list.first().locator('.confirm').click()
  await figureBecomes(page, '[data-due-total]', wanted.numberMatched - 1)
  await page.locator(`[data-stop="${first}"]`).waitFor({ state: 'detached' })
  await page.getByText('已确认：').waitFor()
  expect(await violations(page)).toEqual([])
  await list.first().locator('.row').click()
  await page.locator('[data-card] dl').first().waitFor()
  await close()
})

test('each figure of a share opens exactly its rows', async () => {
  const { page, close } = await visit(browser, `${server.url}/risk?power=low`, { viewport: WIDE })
  await page.locator('[data-shares]').click()
  await page.locator('[data-share-area]').nth(3).waitFor()
  const row = page.locator('[data-share-area]:has([data-due-count]:enabled):not([data-share-area=all])').first()
  const code = await row.getAttribute('data-share-area')
  for (const what of ['data-confirmed', 'data-due-count', 'data-never']) {
    const cell = page.locator(`[data-share-area="${code}"] [${what}]`)
    if (!(await cell.isEnabled())) continue
    const text = what === 'data-confirmed' ? (await cell.locator('small').innerText()).split('/')[0]! : await cell.innerText()
    await cell.click()
    await figureBecomes(page, '[data-total]', Number(text))
    await page.goBack()
    await page.locator(`[data-share-area="${code}"]`).waitFor()
  }
  await close()
})

test('a period that is edited changes the figures on a screen that is open', async () => {
  const screen = await visit(browser, `${server.url}/risk?power=low`)
  await figureBecomes(screen.page, '[data-total]', 107)
  const due = async () => (await walk()).numberMatched
  const before = await due()
  const { page, close, errors } = await visit(browser, `${server.url}/settings`)
  const input = page.locator('[data-period-layer=risk_point] .whole input')
  await input.fill('1.5')
  await input.press('Tab')
  await page.getByRole('alert').getByText('应为 0–3650 的整数').waitFor()
  await input.fill('5')
  await input.press('Tab')
  await page.getByText('已保存').waitFor()
  await page.locator('[data-period-history]').getByText('90 天 → 5 天').waitFor()
  const after = await due()
  expect(after).toBeGreaterThan(before)
  await screen.page.getByText(`待核实 ${after}`).first().waitFor()
  await input.fill('90')
  await input.press('Tab')
  await screen.page.getByText(`待核实 ${before}`).first().waitFor()
  expect(await violations(page)).toEqual([])
  // However much is told below them, the periods keep their height.
  await page.setViewportSize({ width: 390, height: 480 })
  await expect.poll(() => page.locator('[data-periods]').evaluate((e) => e.closest('.panel')!.clientHeight >= e.clientHeight)).toBe(true)
  expect(errors).toEqual([])
  await close()
  await screen.close()
})

test('a file goes out with phone numbers only when they are asked for, and is written down', async () => {
  const { page, close } = await visit(browser, `${server.url}/force?power=low`, { acceptDownloads: true })
  const get = async (sensitive: boolean) => {
    await page.locator('[data-export]').click()
    await page.locator('[data-export-format]').selectOption('csv')
    expect(await page.locator('[data-export-sensitive]').isChecked()).toBe(false)
    if (sensitive) await page.locator('[data-export-sensitive]').check()
    const waiting = page.waitForEvent('download')
    await page.locator('[data-export-download]').click()
    const file = readFileSync((await (await waiting).path())!, 'utf8')
    await page.getByText(/已导出 351 条/).waitFor()
    await page.keyboard.press('Escape')
    return file
  }
  expect(await get(false)).not.toContain('负责人电话')
  const whole = await get(true)
  expect(whole).toContain('电话')
  expect(whole.trim().split('\n').length).toBeGreaterThan(351)
  await close()
  const { exports } = await json<{ exports: { sensitive: boolean; rows: number; actor: string }[] }>('/api/exports')
  expect(exports.slice(0, 2).map((e) => [e.sensitive, e.rows, e.actor])).toEqual([[true, 351, '浏览器测试'], [false, 351, '浏览器测试']])
})

test('single keys can be turned off; a page that is none says so with its status; nothing is an error before signing in', async () => {
  const { page, close } = await visit(browser, `${server.url}/risk?power=low`)
  await page.locator('[data-total]').waitFor()
  await page.keyboard.press('?')
  await page.locator('[data-keys]').uncheck()
  await page.keyboard.press('Escape')
  await page.locator('[data-total]').click()
  await page.keyboard.press('3')
  await page.waitForTimeout(300)
  expect(new URL(page.url()).pathname).toBe('/risk')
  const answer = await page.goto(`${server.url}/nope`)
  expect(answer!.status()).toBe(404)
  await page.locator('[data-no-such-page]').waitFor()
  for (const path of ['/', '/all', '/risk/print', '/people', '/settings']) expect((await ask(`${server.url}${path}`)).status, path).toBe(200)
  await close()
  const out = await visit(browser, `${server.url}/all?power=low`, { signedOut: true })
  await out.page.locator('[data-demo-accounts]').waitFor()
  expect(out.errors).toEqual([])
  await out.close()
})

test('the people page tells what was changed', async () => {
  const { page, close, errors } = await visit(browser, `${server.url}/people`)
  await page.locator('[data-people-history] li').first().waitFor() // a wide screen has room for it
  await page.locator('[data-people-history]').getByText('授权').first().waitFor()
  expect(await violations(page)).toEqual([])
  await page.locator('[data-person]').first().click()
  await page.locator('[data-people-past]').click() // from one person back to all
  await page.locator('[data-person][aria-pressed=true]').waitFor({ state: 'detached' })
  await page.locator('[data-people-history] li').first().waitFor()
  expect(errors).toEqual([])
  await close()
})

test('a phone has it all without scrolling sideways', async () => {
  const { page, close, errors } = await visit(browser, `${server.url}/risk?tab=due&power=low`, { viewport: PHONE, hasTouch: true, isMobile: true })
  await page.locator('[data-stop]').first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
  expect(await violations(page)).toEqual([])
  expect(errors).toEqual([])
  await close()
})
