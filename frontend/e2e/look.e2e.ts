// What everybody must be able to see and use: both languages and themes, phones, old machines.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { violations } from './axe.ts'
import { figureBecomes, launch, mapIdle, PHONE, visit } from './browser.ts'
import { ask } from './server.ts'

const url = inject('url')
let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

describe('accessibility', () => {
  test.each([
    ['/all', {}], ['/all?theme=light&lang=en', {}], ['/command?theme=light', {}], ['/risk?lang=en', { viewport: PHONE, hasTouch: true }], ['/force?theme=light', { viewport: PHONE, hasTouch: true }],
  ])('axe finds nothing on %s', async (address, options) => {
    const { page, close, outside, errors } = await visit(browser, url + address, options)
    await page.locator('[data-figure], [data-total]').first().waitFor()
    await mapIdle(page)
    expect(await violations(page)).toEqual([])
    expect([...outside, ...errors]).toEqual([])
    await close()
  })

  test('axe finds nothing on an open search', async () => {
    const { page, close } = await visit(browser, `${url}/all?power=low`)
    await page.locator('[role=search] input').fill('qs')
    await page.locator('[role=search] [role=option]').first().waitFor()
    expect(await violations(page)).toEqual([])
    await close()
  })

  test('axe finds nothing on a card with lists', async () => {
    const { features } = (await (await ask(`${url}/api/layers/response_force/features?limit=1`)).json()) as { features: { id: string }[] }
    const { page, close } = await visit(browser, `${url}/force?sel=response_force/${features[0]!.id}`)
    await page.locator('[data-card] dl').first().waitFor()
    expect(await violations(page)).toEqual([])
    await close()
  })
})

test('English and light are one click away and are remembered', async () => {
  const { page, close } = await visit(browser, `${url}/risk`)
  await page.locator('[data-total]').waitFor()
  await page.getByRole('button', { name: /语言/ }).click()
  await page.getByText('Legend and filters').waitFor()
  await page.getByRole('button', { name: 'Light' }).click()
  await page.reload()
  await page.getByText('Legend and filters').waitFor()
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('light')
  await page.getByText('Demonstration data, all invented').first().waitFor()
  await close()
})

describe('the phone', () => {
  test('the whole district is seen above the sheet', async () => {
    const { district } = (await (await ask(`${url}/api/installation`)).json()) as { district: { bbox: [number, number, number, number] } }
    const { page, close } = await visit(browser, `${url}/all`, { viewport: PHONE, hasTouch: true })
    await mapIdle(page)
    const sheet = (await page.locator('.sheet').boundingBox())!
    const map = (await page.locator('.maplibregl-canvas').boundingBox())!
    const [top, bottom] = await page.evaluate(([w, s, e, n]) => [window.fourmapsMap.project([w, n]), window.fourmapsMap.project([e, s])], district.bbox)
    expect(top!.y).toBeGreaterThanOrEqual(0)
    expect(map.y + bottom!.y).toBeLessThanOrEqual(sheet.y)
    await close()
  })

  test('the sheet holds overview, legend, list and card', async () => {
    const { page, close, errors } = await visit(browser, `${url}/all`, { viewport: PHONE, hasTouch: true })
    await page.getByRole('button', { name: '列表' }).tap()
    await figureBecomes(page, '[data-total]', 107)
    await page.locator('[role=option]').first().tap()
    await page.locator('[data-card] dl').first().waitFor()
    await page.getByRole('button', { name: '关闭' }).tap()
    await page.getByRole('button', { name: '图例' }).tap()
    await page.getByRole('button', { name: /^重大/ }).tap()
    await page.waitForURL(/risk_level=major/)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
    expect(errors).toEqual([])
    await close()
  })
})

describe('graphics', () => {
  test('a lost graphics context comes back with symbols', async () => {
    const { page, close } = await visit(browser, `${url}/risk`)
    await mapIdle(page)
    const shown = () => page.evaluate(() => window.fourmapsMap.queryRenderedFeatures().filter((f) => f.source === 'rows-risk_point').length)
    const before = await shown()
    await page.evaluate(() => {
      const extension = window.fourmapsMap.getCanvas().getContext('webgl2')!.getExtension('WEBGL_lose_context')!
      extension.loseContext()
      setTimeout(() => extension.restoreContext(), 700)
    })
    await page.getByText('正在恢复地图').waitFor()
    // Meanwhile the view changes: nothing may throw, and the change must not be lost.
    await page.getByRole('button', { name: /^低/ }).click()
    await page.getByText('正在恢复地图').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '清除筛选' }).click()
    expect(before).toBeGreaterThan(50)
    await expect.poll(shown, { timeout: 30_000 }).toBe(before)
    await close()
  })

  test('without WebGL2 everything but the map works', async () => {
    const before = 'const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind === "webgl2" ? null : get.call(this, kind, ...rest) }'
    const { page, close, errors } = await visit(browser, `${url}/risk`, { before })
    await page.getByText('不支持 WebGL2').waitFor()
    await figureBecomes(page, '[data-total]', 107)
    await page.locator('[role=option]').first().click()
    await page.locator('[data-card] dl').first().waitFor()
    expect(errors).toEqual([])
    await close()
  })

  test.each([['low', [0.66, false]], ['full', [1, true]]])('%s power draws relief and pixels accordingly', async (power, drawn) => {
    const { page, close } = await visit(browser, `${url}/all?power=${power}`)
    await mapIdle(page)
    expect(await page.evaluate(() => [window.fourmapsMap.getPixelRatio(), window.fourmapsMap.getLayer('relief-shade') !== undefined])).toEqual(drawn)
    await close()
  })

  test('Chinese names are drawn alike on a machine without a Chinese font', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'fourmaps-fonts-'))
    writeFileSync(path.join(folder, 'fonts.conf'), `<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>${folder}</cachedir></fontconfig>`)
    const bare = await launch({ FONTCONFIG_FILE: path.join(folder, 'fonts.conf') })
    const address = `${url}/command?power=low`
    const shot = async (from: Browser, before = '') => {
      const { page, close } = await visit(from, address, { before })
      await mapIdle(page)
      await page.evaluate(() => document.fonts.ready)
      await page.waitForTimeout(1500)
      // Only the labels: black on white, so that every pixel that differs is a letter.
      const ink = await page.evaluate(async () => {
        const map = window.fourmapsMap
        for (const l of map.getStyle().layers) map.setLayoutProperty(l.id, 'visibility', l.id === 'area-name' ? 'visible' : 'none')
        await new Promise((done) => map.once('render', done).triggerRepaint())
        const copy = document.createElement('canvas')
        const from = map.getCanvas()
        copy.width = from.width
        copy.height = from.height
        const context = copy.getContext('2d')!
        await new Promise<void>((done) => {
          map.once('render', () => {
            context.drawImage(from, 0, 0)
            done()
          })
          map.triggerRepaint()
        })
        const { data } = context.getImageData(0, 0, copy.width, copy.height)
        return Array.from({ length: data.length / 4 }, (_, i) => (data[i * 4]! > 128 ? 1 : 0))
      })
      await close()
      return ink
    }
    const here = await shot(browser)
    const there = await shot(bare)
    // What it would look like if the map did not find the font files of the page: boxes.
    const boxes = await shot(bare, 'Object.defineProperty(CSSFontFaceRule, Symbol.hasInstance, { value: () => false })')
    await bare.close()
    const letters = here.filter(Boolean).length
    const differing = (other: number[]) => here.reduce<number>((n, on, i) => n + (on === other[i] ? 0 : 1), 0) / letters
    expect(letters).toBeGreaterThan(300)
    expect(differing(boxes)).toBeGreaterThan(0.5)
    expect(differing(there)).toBeLessThan(0.15) // the edges of letters depend on the machine's font settings
  })
})
