// Photos and documents of a row: added, asked about, looked at, deleted and brought back; on a phone, and who sees what.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { launch, PHONE, visit } from './browser.ts'
import { exif, withEXIF } from './jpeg.ts'
import { ask, startServer, type Server } from './server.ts'

let server: Server // of its own, since rows are changed
let url: string
let browser: Browser
beforeAll(async () => {
  server = await startServer({ demo: true })
  url = server.url
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await server?.remove()
})

/** A JPEG as a browser makes it, with a colour to tell it by. */
async function drawn(page: Page, colour: string, words: string): Promise<Buffer> {
  const text = await page.evaluate(async ([fill, say]) => {
    const canvas = document.createElement('canvas')
    canvas.width = 1600
    canvas.height = 1200
    const pen = canvas.getContext('2d')!
    pen.fillStyle = fill!
    pen.fillRect(0, 0, 1600, 1200)
    pen.fillStyle = '#ffffff'
    pen.font = '160px sans-serif'
    pen.fillText(say!, 120, 640)
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1]!
  }, [colour, words])
  return Buffer.from(text, 'base64')
}

interface Row {
  id: string
  geometry: { type: string; coordinates: [number, number] }
  properties: { name: string }
}
const rowOf = async (layer: string, query: string): Promise<Row> => {
  const { features } = (await (await ask(`${url}/api/layers/${layer}/features?limit=200&${query}`)).json()) as { features: Row[] }
  return features.find((f) => f.geometry.type === 'Point')!
}
const listed = async (row: Row) => ((await (await ask(`${url}/api/layers/risk_point/features/${row.id}/files`)).json()) as { files: { id: string; name: string; distance_m: number | null }[] }).files
const pick = (page: Page, files: { name: string; buffer: Buffer }[]) => page.locator('[data-picker]').setInputFiles(files.map((f) => ({ mimeType: 'image/jpeg', ...f })))

test('photos are added, asked about when they are from elsewhere, looked at, deleted and brought back', async () => {
  const row = await rowOf('risk_point', 'kind=reservoir')
  const [lon, lat] = row.geometry.coordinates
  const { page, errors, close } = await visit(browser, `${url}/risk?lang=zh&power=low&sel=risk_point/${row.id}`)
  await page.locator('[data-files]').getByText('还没有照片或文件').waitFor()
  const near = withEXIF(await drawn(page, '#2f6f4f', '1'), exif({ lon: lon + 0.0003, lat, taken: '2026:05:01 09:30:00' }))
  const far = withEXIF(await drawn(page, '#7f4f2f', '2'), exif({ lon: lon + 0.05, lat, taken: '2026:05:02 09:30:00' }))
  const plain = await drawn(page, '#2f4f7f', '3')
  const page3 = Buffer.from('<html><script>alert(1)</script></html>')
  await pick(page, [{ name: '大坝.jpg', buffer: near }, { name: '别处.jpg', buffer: far }, { name: '无位置.jpg', buffer: plain }, { name: '脚本.jpg', buffer: page3 }])
  await page.locator('[data-photo]').nth(1).waitFor()
  const asked = page.locator('[data-upload]', { hasText: '别处.jpg' })
  await asked.getByText(/照片拍摄位置距此点 .* 公里/).waitFor()
  const refused = page.locator('[data-upload]', { hasText: '脚本.jpg' })
  await refused.getByText(/这是网页/).waitFor()
  await refused.getByRole('button', { name: '移除 脚本.jpg' }).click()
  await asked.locator('[data-accept]').click()
  await page.locator('[data-photo]').nth(2).waitFor()
  expect(await page.locator('[data-upload]').count()).toBe(0)
  expect((await listed(row)).length).toBe(3)
  expect(await violations(page)).toEqual([])

  await page.locator('[data-photo]').filter({ has: page.locator('img') }).first().click()
  const viewer = page.locator('[data-viewer]')
  await viewer.getByText('1 / 3').waitFor()
  for (let n = 2; n <= 3; n++) {
    await page.keyboard.press('ArrowRight')
    await viewer.getByText(`${n} / 3`).waitFor()
  }
  await viewer.getByText('大坝.jpg').waitFor()
  await viewer.getByText(/拍摄于 2026.05.01.*09:30/).waitFor()
  await viewer.getByText(/拍摄位置距此点 \d+(\.\d+)? 米/).waitFor()
  expect(await violations(page)).toEqual([])
  const { status, bytes } = await page.evaluate(async (at) => {
    const answer = await fetch(at!)
    return { status: answer.status, bytes: new TextDecoder('latin1').decode(await answer.arrayBuffer()) }
  }, await viewer.locator('a[download]').getAttribute('href'))
  expect(status).toBe(200)
  expect(bytes.includes('Exif')).toBe(false)
  await viewer.locator('[data-delete-photo]').click()
  await page.getByRole('alertdialog').getByRole('button', { name: '删除' }).click()
  await page.locator('[data-undo-file]').waitFor()
  await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 2)
  await page.locator('[data-undo-file]').click()
  await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 3)

  // Later, too, from the list of what was deleted; and who did what is told.
  await page.locator('[data-photo]').first().click()
  await viewer.locator('[data-delete-photo]').click()
  await page.getByRole('alertdialog').getByRole('button', { name: '删除' }).click()
  await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 2)
  await page.locator('[data-file-past] summary').click()
  await page.locator('[data-deleted-file]').getByText('保留至').waitFor()
  expect(await violations(page)).toEqual([])
  await page.locator('[data-deleted-file] button').click()
  await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 3)
  await page.locator('[data-deleted-file]').waitFor({ state: 'detached' })
  await page.locator('[data-file-event]', { hasText: '恢复' }).nth(1).waitFor()
  expect(await page.locator('[data-file-event]').count()).toBe(7) // three added, two deleted, two brought back
  expect(errors.filter((e) => !/422|415/.test(e))).toEqual([])
  await close()
})

test('who may not see what is sensitive sees no documents, and nothing of guarded sites', async () => {
  const row = await rowOf('risk_point', 'kind=hazardous_chemicals')
  const at = `${url}/api/layers/risk_point/features/${row.id}/files`
  const put = await ask(`${at}/01983a00-0000-7000-8000-0000000000d1?name=plan.pdf`, { method: 'PUT', body: '%PDF-1.4\nthe storage plan\n%%EOF\n' })
  expect(put.status).toBe(201)
  const admin = await visit(browser, `${url}/risk?lang=en&power=low&sel=risk_point/${row.id}`)
  await admin.page.locator('[data-document]').getByText('plan.pdf').waitFor()
  await admin.close()
  const { page, close } = await visit(browser, `${url}/risk?lang=en&power=low&sel=risk_point/${row.id}`, { signedOut: true })
  await page.locator('[data-demo-accounts]').getByRole('button', { name: 'Viewer' }).click()
  await page.getByText('1 more for those who may see sensitive details').waitFor()
  expect(await page.locator('[data-document], [data-add-file]').count()).toBe(0)
  expect(await page.evaluate(async (path) => (await fetch(path)).status, `${at}/01983a00-0000-7000-8000-0000000000d1`)).toBe(403)
  await close()
})

test('on a phone a photo goes up after the network came back, and is there once', async () => {
  const row = await rowOf('risk_point', 'kind=bridge')
  const { page, close } = await visit(browser, `${url}/risk?lang=zh&power=low&sel=risk_point/${row.id}`, { viewport: PHONE, hasTouch: true, isMobile: true })
  await page.locator('[data-files]').waitFor()
  const photo = await drawn(page, '#444444', 'bridge')
  await page.context().setOffline(true)
  await pick(page, [{ name: 'bridge.jpg', buffer: photo }])
  const failed = page.locator('[data-upload]')
  await failed.getByText('没有传完').waitFor()
  await page.context().setOffline(false)
  await failed.getByRole('button', { name: '重试' }).tap()
  await page.locator('[data-photo]').waitFor()
  expect((await listed(row)).length).toBe(1)
  await page.locator('[data-photo]').tap()
  await page.locator('[data-viewer] img').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
  await close()
})
