// What changes under the eyes: rows changed by psql, the server gone and back, an empty database that fills.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { figureBecomes, idsOnMap, launch, mapIdle, visit, type Visit } from './browser.ts'
import { startServer, type Server } from './server.ts'

let browser: Browser
let server: Server
let open: Visit[] = []

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
afterEach(async () => {
  await Promise.all(open.map((v) => v.close()))
  open = []
})
async function go(path: string) {
  const seen = await visit(browser, server.url + path)
  open.push(seen)
  return seen.page
}

const SQUARE = 'ST_GeomFromText(\'POLYGON((112 28, 112.4 28, 112.4 28.4, 112 28.4, 112 28))\', 4326)'
const COUNTY = `INSERT INTO area (name, name_en, code, level, origin, origin_key, geom) VALUES ('试验县', 'Trial County', '990199', 'county', 'test', 'county', ${SQUARE})`
const point = (key: string, at: string) =>
  `INSERT INTO risk_point (name, risk_level, kind, supervision, origin, origin_key, geom) VALUES ('${key}', 'major', 'mine', 'none', 'test', '${key}', ST_SetSRID(ST_MakePoint(${at}), 4326))`

describe('an empty database', () => {
  beforeAll(async () => {
    server = await startServer({ demo: false })
  })
  afterAll(() => server.remove())

  test('says what to do first, and becomes the map when data arrive', async () => {
    const page = await go('/')
    await page.locator('[data-first]').getByText('bin/fourmaps demo').waitFor()
    await server.sql(COUNTY)
    await page.locator('#map').waitFor()
    await page.getByRole('heading', { name: '试验县' }).waitFor()
  })

  test('a change made by psql is in counter, list, card and map without a reload', async () => {
    const page = await go('/risk')
    await mapIdle(page)
    await server.sql(point('first', '112.2, 28.2'))
    await figureBecomes(page, '[data-total]', 1)
    await figureBecomes(page, '[data-layer=risk_point] [data-figure]', 1)
    await page.waitForFunction(() => window.fourmapsMap.querySourceFeatures('rows-risk_point', { sourceLayer: 'risk_point' }).length > 0)
    await page.locator('[role=option]').first().click()
    await server.sql(`UPDATE risk_point SET name = '改了名' WHERE origin_key = 'first'`)
    await page.locator('[data-card]').getByRole('heading', { name: '改了名' }).waitFor()
    await server.sql(`UPDATE risk_point SET deleted_at = now() WHERE origin_key = 'first'`)
    await figureBecomes(page, '[data-total]', 0)
    await page.waitForFunction(() => window.fourmapsMap.querySourceFeatures('rows-risk_point', { sourceLayer: 'risk_point' }).length === 0)
    await page.locator('[data-card]').getByText('这条记录已不存在').waitFor()
  })

  test('groups do not hide the gravest rows', async () => {
    await server.sql(`INSERT INTO risk_point (name, risk_level, kind, supervision, origin, origin_key, geom)
      SELECT 'many', CASE WHEN n <= 3 THEN 'major' ELSE 'low' END, 'mine', 'none', 'test', 'many' || n, ST_SetSRID(ST_MakePoint(112.2 + n % 20 * 0.0002, 28.2 + n / 20 * 0.0002), 4326) FROM generate_series(1, 400) n`)
    const page = await go('/risk?at=112.2,28.2,8')
    await mapIdle(page)
    const drawn = (...layers: string[]) => page.evaluate((names) => window.fourmapsMap.queryRenderedFeatures({ layers: names }).map((f) => ({ id: String(f.properties.id), n: Number(f.properties.point_count ?? 1) })), layers)
    await expect.poll(async () => (await drawn('risk_point-cell-mark')).length, { timeout: 30_000 }).toBeGreaterThan(0)
    // singly, or as a group of their own where they lie together
    const gravest = async () => [...new Map((await drawn('risk_point-gravest', 'risk_point-gravest-cell')).map((f) => [`${f.id} ${f.n}`, f.n])).values()].reduce((sum, n) => sum + n, 0)
    await expect.poll(gravest, { timeout: 30_000 }).toBe(3)
    await server.sql(`UPDATE risk_point SET risk_level = 'low' WHERE origin_key = 'many1'`)
    await expect.poll(gravest, { timeout: 30_000 }).toBe(2)
    await server.sql(`UPDATE risk_point SET deleted_at = now() WHERE name = 'many'`)
    await figureBecomes(page, '[data-total]', 0)
  })

  test('rare characters of place names are drawn from files of the server', async () => {
    await server.sql(point('氹仔㙟𡌶𬯎', '112.2, 28.2'))
    const seen = await visit(browser, `${server.url}/risk?at=112.2,28.2,14`)
    open.push(seen)
    await mapIdle(seen.page)
    const families = () => seen.page.evaluate(() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/rare-')).map((e) => e.name.replace(/.*rare-([0-9a-f]+)-.*/, '$1')))
    // 氹 and 仔 are common enough for the first font; the others are of the extensions A, B and E.
    await expect.poll(async () => new Set(await families()).size, { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
    const ink = await seen.page.evaluate(() => {
      const { glyphs } = (window.fourmapsMap.style as unknown as { glyphManager: { entries: Record<string, { glyphs: { default: Record<string, { bitmap: { data: Uint8Array } }> } }> } }).glyphManager.entries['Map Sans']!
      return ['㙟', '𡌶', '𬯎'].map((c) => [...(glyphs.default[c]?.bitmap.data ?? [])].filter((v) => v > 191).length)
    })
    expect(Math.min(...ink)).toBeGreaterThan(50)
    await server.sql(`UPDATE risk_point SET deleted_at = now() WHERE origin_key LIKE '氹%'`)
  })

  test('two tabs share one event stream, and the other goes on when one closes', async () => {
    const first = await visit(browser, `${server.url}/risk`)
    open.push(first)
    await mapIdle(first.page)
    const streams: string[] = []
    const second = await first.page.context().newPage()
    second.on('request', (r) => r.url().includes('/api/events') && streams.push(r.url()))
    await second.goto(`${server.url}/risk?probe=1`)
    await mapIdle(second)
    await second.locator('[data-state=live]').waitFor()
    expect(streams).toEqual([])
    await server.sql(point('shared', '112.1, 28.1'))
    await figureBecomes(second, '[data-total]', 1)
    await first.page.close()
    await second.waitForEvent('request', { predicate: (r) => r.url().includes('/api/events') })
    await server.sql(`UPDATE risk_point SET deleted_at = now() WHERE origin_key = 'shared'`)
    await figureBecomes(second, '[data-total]', 0)
  })

  test('a lost connection is shown, and what happened meanwhile is caught up', async () => {
    const page = await go('/risk')
    await mapIdle(page)
    await page.locator('[data-state=live]').waitFor()
    await server.kill()
    await page.getByText('与服务器的连接已中断').waitFor()
    await server.start()
    await server.sql(point('meanwhile', '112.3, 28.3'))
    await page.locator('[data-state=live]').waitFor({ timeout: 40_000 })
    await figureBecomes(page, '[data-total]', 1)
    await page.waitForFunction(() => window.fourmapsMap.querySourceFeatures('rows-risk_point', { sourceLayer: 'risk_point' }).length > 0)
    expect((await idsOnMap(page, 'risk_point')).length).toBe(1)
  })
})
