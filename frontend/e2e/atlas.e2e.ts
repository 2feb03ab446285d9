// Looking: the four maps, filters, areas, search, cards, links, keys.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { figure, figureBecomes, idsOnMap, launch, mapIdle, visit, WIDE, type Visit } from './browser.ts'
import { ask } from './server.ts'

const url = inject('url')
let browser: Browser
let open: Visit | undefined

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
afterEach(async () => {
  const seen = open
  open = undefined
  await seen?.close()
  expect(seen?.outside).toEqual([]) // no request may leave the server
  expect(seen?.errors).toEqual([])
})

async function go(path: string, options = {}) {
  open = await visit(browser, url + path, options)
  // The page hears keys once its counters are there.
  await open.page.locator('[data-figure], [data-print]').first().waitFor()
  return open.page
}
const api = async <T>(path: string): Promise<T> => (await ask(url + path)).json() as Promise<T>
interface Page { numberMatched: number; features: { id: string; properties: Record<string, unknown> }[] }

describe('the four maps', () => {
  test('the switch chooses a map; counter, list and map show the same rows', async () => {
    const page = await go('/', { viewport: WIDE })
    for (const [map, layer] of [['risk', 'risk_point'], ['material', 'material_site'], ['force', 'response_force']] as const) {
      await page.click(`[data-map=${map}]`)
      await page.waitForURL(`**/${map}*`)
      const { numberMatched } = await api<Page>(`/api/layers/${layer}/features?limit=1`)
      await figureBecomes(page, '[data-total]', numberMatched)
      expect(await figure(page, `[data-layer=${layer}] [data-figure]`)).toBe(numberMatched)
      await expect.poll(async () => (await idsOnMap(page, layer)).length, { timeout: 60_000 }).toBe(numberMatched)
    }
  })

  test('the legend filters list, counter and map alike', async () => {
    const page = await go('/risk')
    await page.getByRole('button', { name: /^重大/ }).click()
    await page.getByRole('button', { name: /^较大/ }).click()
    await page.waitForURL(/risk_level=major,larger|risk_level=major%2Clarger/)
    const { features, numberMatched } = await api<Page>('/api/layers/risk_point/features?risk_level=major,larger&limit=200')
    await figureBecomes(page, '[data-total]', numberMatched)
    await figureBecomes(page, '[data-layer=risk_point] [data-figure]', numberMatched)
    await expect.poll(() => idsOnMap(page, 'risk_point'), { timeout: 60_000 }).toEqual(features.map((f) => f.id).sort())
    await page.getByRole('button', { name: '清除筛选' }).click()
    await figureBecomes(page, '[data-total]', 107)
    await expect.poll(async () => (await idsOnMap(page, 'risk_point')).length, { timeout: 60_000 }).toBe(107)
  })

  test('a declared number is filtered by range', async () => {
    const page = await go('/force')
    await page.getByRole('button', { name: '更多条件' }).click()
    await page.getByLabel('人数 从').fill('20')
    await page.keyboard.press('Tab')
    const { numberMatched } = await api<Page>('/api/layers/response_force/features?headcount.min=20&limit=1')
    await figureBecomes(page, '[data-total]', numberMatched)
  })
})

describe('areas', () => {
  test('a township is entered by its name, a village by a click on the map, and left by Escape', async () => {
    const page = await go('/material')
    await page.locator('.areas tbody th button').first().click()
    await page.waitForURL(/area=\d{9}(&|$)/)
    const code = new URL(page.url()).searchParams.get('area')!
    const { numberMatched } = await api<Page>(`/api/layers/material_site/features?area=${code}&limit=1`)
    await figureBecomes(page, '[data-total]', numberMatched)
    await expect.poll(async () => (await idsOnMap(page, 'material_site')).length, { timeout: 60_000 }).toBe(numberMatched)
    await page.waitForTimeout(800) // the camera has arrived
    await mapIdle(page)
    const at = await page.evaluate(() => {
      // somewhere inside a village where no symbol is
      const map = window.fourmapsMap
      const { clientWidth: w, clientHeight: h } = map.getContainer()
      const rows = map.getStyle().layers.filter((l) => 'source' in l && String(l.source).startsWith('rows-')).map((l) => l.id)
      for (let y = h / 2; y < h * 0.8; y += 7)
        for (let x = w / 2; x < w * 0.75; x += 7) {
          const near = map.queryRenderedFeatures([[x - 9, y - 9], [x + 9, y + 9]], { layers: rows })
          const village = map.queryRenderedFeatures([x, y], { layers: ['area-hit'] }).some((a) => a.properties.level === 'village')
          if (near.length === 0 && village) return { x, y }
        }
      return undefined
    })
    const box = (await page.locator('#map').boundingBox())!
    await page.mouse.click(box.x + at!.x, box.y + at!.y)
    await page.waitForURL(/area=\d{12}/)
    await page.keyboard.press('Escape')
    await page.waitForURL(new RegExp(`area=${code}(&|$)`))
    await page.keyboard.press('Escape')
    await page.waitForURL((to) => !to.searchParams.has('area'))
  })

  test('a figure of the table opens its rows', async () => {
    const page = await go('/all')
    const cell = page.locator('.areas tbody tr td.force button').first()
    await cell.filter({ hasText: /\d/ }).waitFor()
    const n = Number(await cell.innerText())
    await cell.click()
    await figureBecomes(page, '[data-total]', n)
    expect(page.url()).toContain('layer=response_force')
  })
})

describe('search', () => {
  test('a name that is chosen with the arrows is selected', async () => {
    const { features } = await api<Page>('/api/layers/risk_point/features?limit=1&sort=name')
    const name = String(features[0]!.properties.name)
    const page = await go('/all')
    await page.keyboard.press('/')
    await page.keyboard.type(name)
    await page.locator('[role=search] [role=option]', { hasText: name }).first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(`sel=risk_point/${features[0]!.id}`))
  })

  test('Enter filters every layer by the words', async () => {
    const page = await go('/risk')
    await page.keyboard.press('/')
    await page.keyboard.type('xq')
    await page.keyboard.press('Enter')
    const { numberMatched } = await api<Page>('/api/layers/risk_point/features?q=xq&limit=1')
    await figureBecomes(page, '[data-layer=risk_point] [data-figure]', numberMatched)
  })
})

describe('cards', () => {
  test('a click on a symbol opens the card with fields, lists and age', async () => {
    const { features } = await api<Page>('/api/layers/material_site/features?limit=1&kind=depot')
    const page = await go(`/material?f.material_site.kind=depot`)
    await mapIdle(page)
    const at = await page.evaluate((id) => {
      const row = window.fourmapsMap.queryRenderedFeatures().find((f) => f.properties.id === id && f.geometry.type === 'Point')
      return row && window.fourmapsMap.project((row.geometry as GeoJSON.Point).coordinates as [number, number])
    }, features[0]!.id)
    const box = (await page.locator('#map').boundingBox())!
    await page.mouse.click(box.x + at!.x, box.y + at!.y)
    const card = page.locator('[data-card]')
    await card.getByRole('heading', { name: String(features[0]!.properties.name) }).waitFor()
    await card.getByText('库存').waitFor()
    await card.getByText('核实', { exact: false }).first().waitFor()
    await page.keyboard.press('Escape')
    await card.waitFor({ state: 'detached' })
  })

  test('a row that is not there says so', async () => {
    const page = await go('/risk?sel=risk_point/01950000-0000-7000-8000-000000000000')
    await page.getByText('这条记录已不存在').waitFor()
    open!.errors.length = 0 // the browser logs the 404
  })
})

describe('the list', () => {
  test('stays where it is when a row is opened', async () => {
    const page = await go('/material')
    const list = page.locator('[role=listbox].list')
    await list.evaluate((box) => (box.scrollTop = 1500))
    const row = list.locator('[aria-posinset="36"]')
    const name = await row.locator('b').innerText()
    await row.click()
    await page.locator('[data-card]').getByRole('heading', { name }).waitFor()
    await page.waitForTimeout(300)
    expect(await list.evaluate((box) => box.scrollTop)).toBeGreaterThan(1200)
    expect(await list.locator('[aria-selected=true]').innerText()).toContain(name)
  })

  test('gets the focus back when the card is closed', async () => {
    const page = await go('/risk')
    await page.locator('[role=option]').first().click()
    await page.locator('[data-card]').getByRole('button', { name: '关闭' }).click()
    await page.locator('[data-card]').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('listbox')
  })
})

describe('links', () => {
  test('an address holds the whole view', async () => {
    const page = await go('/risk?f.risk_point.risk_level=low&sort=-people_threatened&at=112.45000,27.98000,11.30')
    await mapIdle(page)
    const camera = await page.evaluate(() => ({ ...window.fourmapsMap.getCenter(), zoom: window.fourmapsMap.getZoom() }))
    expect(camera.lng).toBeCloseTo(112.45, 3)
    expect(camera.zoom).toBeCloseTo(11.3, 1)
    const { numberMatched } = await api<Page>('/api/layers/risk_point/features?risk_level=low&limit=1')
    await figureBecomes(page, '[data-total]', numberMatched)
    expect(await page.locator('select').first().inputValue()).toBe('people_threatened')
  })

  test('an area that is not here is left for the whole district', async () => {
    const page = await go('/risk?area=990121999')
    await page.waitForURL((to) => !to.searchParams.has('area'))
    await figureBecomes(page, '[data-total]', 107)
  })

  test('"back" undoes a filter', async () => {
    const page = await go('/risk')
    await figureBecomes(page, '[data-total]', 107)
    await page.getByRole('button', { name: /^低/ }).click()
    await page.waitForURL(/risk_level=low/)
    await page.goBack()
    await figureBecomes(page, '[data-total]', 107)
  })
})

describe('keys', () => {
  test('numbers choose maps, arrows move in the list, Enter opens, Escape closes', async () => {
    const page = await go('/all')
    await page.keyboard.press('3')
    await page.waitForURL('**/material*')
    await page.locator('[role=option]').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/sel=material_site/)
    const first = page.url()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL((to) => to.href !== first)
    await page.keyboard.press('Escape')
    await page.locator('[data-card]').waitFor({ state: 'detached' })
  })

  test('the first Tab offers to skip to the map', async () => {
    const page = await go('/all')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('跳到地图')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('CANVAS')
  })

  test('shortcuts are explained, and are not heard while one types', async () => {
    const page = await go('/all')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('键盘快捷键').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('3m')
    expect(page.url()).toContain('/all')
    expect(await page.locator('[data-measure]').count()).toBe(0)
  })
})

test('the command map shows tree, chain upwards and lines', async () => {
  const { features } = await api<Page>('/api/layers/command_unit/features?level=township&limit=1')
  const page = await go(`/command?sel=command_unit/${features[0]!.id}`)
  await page.getByRole('treeitem', { name: String(features[0]!.properties.name) }).waitFor()
  expect(await page.getByText('上级联络').count()).toBeGreaterThan(0)
  await mapIdle(page)
  const lines = await page.evaluate(() => window.fourmapsMap.querySourceFeatures('links').filter((l) => l.properties.strong).length)
  expect(lines).toBeGreaterThan(3)
})

test('distances are those on the ground', async () => {
  const page = await go('/all?at=112.45000,27.98000,12')
  await mapIdle(page)
  await page.keyboard.press('m')
  const box = (await page.locator('#map').boundingBox())!
  const [from, to] = [[300, 300], [500, 400]] as const
  await page.mouse.click(box.x + from[0], box.y + from[1])
  await page.mouse.click(box.x + to[0], box.y + to[1])
  await page.locator('[data-measure]').getByText('2 个点').waitFor()
  const wanted = await page.evaluate(([a, b]) => window.fourmapsMap.unproject(a as [number, number]).distanceTo(window.fourmapsMap.unproject(b as [number, number])), [from, to] as const)
  const shown = Number((await page.locator('[data-measure] strong').innerText()).replace(/[^\d.]/g, '')) * 1000
  expect(Math.abs(shown - wanted) / wanted).toBeLessThan(0.005) // MapLibre's own is on a sphere
})

test('the page for paper has map, legend and rows', async () => {
  const page = await go('/risk/print?f.risk_point.risk_level=major')
  await page.locator('[data-print][data-ready]').waitFor({ timeout: 90_000 })
  const { numberMatched } = await api<Page>('/api/layers/risk_point/features?risk_level=major&limit=1')
  expect(await page.locator('tbody tr').count()).toBe(numberMatched)
  await page.getByText('演示数据，均为虚构').waitFor()
  const pdf = await page.pdf({ format: 'A4', landscape: true })
  expect(pdf.length).toBeGreaterThan(50_000) // the map is in it, too
})
