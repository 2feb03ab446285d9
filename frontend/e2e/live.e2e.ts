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
