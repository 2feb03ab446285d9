// No view may complain: nothing on the console, no failed request, no request to another host.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launch, mapIdle, PHONE, visit } from './browser.ts'
import { ask } from './server.ts'

const url = inject('url')
let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const first = async (layer: string, query = '') => {
  const { features } = (await (await ask(`${url}/api/layers/${layer}/features?limit=1${query}`)).json()) as { features: { id: string; properties: { code: string } }[] }
  return features[0]!
}

const DESK = { viewport: { width: 1000, height: 640 } } // small, since two cores draw in software
const TOUCH = { viewport: PHONE, hasTouch: true, isMobile: true }
const VIEWS: [string, object, () => Promise<string>][] = [
  ['all maps', DESK, async () => '/all?at=112.45,28.0,3'],
  ['risk with a card', DESK, async () => `/risk?lang=en&sel=risk_point/${(await first('risk_point')).id}`],
  ['forces of a township', DESK, async () => `/force?area=${(await first('area', '&level=township')).properties.code}`],
  ['command of a village', DESK, async () => `/command?theme=light&area=${(await first('area', '&level=village')).properties.code}`],
  ['paper', DESK, async () => '/all/print?lang=en'],
  ['all maps, on a phone', TOUCH, async () => '/all'],
  ['filtered material, on a phone', TOUCH, async () => '/material?theme=light&f.material_site.kind=depot,shelter&q=qs'],
  ['risk with a card, on a phone', TOUCH, async () => `/risk?lang=en&sel=risk_point/${(await first('risk_point')).id}`],
]

// The console tells of every answer of 400 and above, too.
test.each(VIEWS)('%s', async (_, options, path) => {
  const address = await path()
  const { page, close, outside, errors } = await visit(browser, `${url}${address}${address.includes('?') ? '&' : '?'}power=full`, options)
  if (address.includes('/print')) await page.locator('[data-ready]').waitFor({ timeout: 90_000 })
  else await mapIdle(page)
  await close()
  expect([...outside, ...errors]).toEqual([])
})
