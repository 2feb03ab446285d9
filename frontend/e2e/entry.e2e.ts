// Entering rows in a real browser: on the map, by typed coordinates, by keyboard; what is held back; two people and one row.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { violations } from './axe.ts'
import { launch, mapIdle, PHONE, visit, WIDE } from './browser.ts'
import { ask, startServer, type Server } from './server.ts'

let server: Server // of its own, since rows are changed
let url: string
const layer = 'material_site'
let browser: Browser
let spot: [number, number] // a place in the district, away from other rows

interface Row { id: string; geometry: { coordinates: [number, number] }; properties: Record<string, unknown> & { name: string; version: number } }
const api = async (path: string, init: RequestInit & { json?: unknown } = {}) =>
  (await ask(`${url}/api/layers/${layer}${path}`, { ...init, ...(init.json ? { body: JSON.stringify(init.json), headers: { 'Content-Type': 'application/json', ...(init.headers as Record<string, string>) } } : {}) })).json()
const named = async (name: string) => ((await api(`/features?q=${encodeURIComponent(name)}`)) as { features: Row[] }).features.filter((r) => r.properties.name === name)
const one = async (name: string) => (await named(name))[0]!
/** Changes a row as somebody else does. */
const elsewhere = (row: Row, properties: object) => api(`/features/${row.id}`, { method: 'PATCH', headers: { 'If-Match': `"${row.properties.version}"` }, json: { properties } }) as Promise<Row>
let made = 0
/** Makes a row that no other is near. */
async function make(name: string, more: object = {}): Promise<Row> {
  const geometry = { type: 'Point', coordinates: [spot[0] + 0.002 * ++made, spot[1]] }
  const row = (await api('/features', { method: 'POST', json: { type: 'Feature', geometry, accept: ['similar_nearby', 'outside_district'], properties: { name, kind: 'depot', address: '老街', ...more } } })) as Row
  expect(row.id, JSON.stringify(row)).toBeTruthy()
  return row
}
const field = (page: Page, name: string) => page.locator(`[data-entry] [name="${name}"]`).first()
const open = (row: Row) => visit(browser, `${url}/material?lang=zh&power=low&sel=${layer}/${row.id}`, { viewport: WIDE })
async function begin(page: Page) {
  await mapIdle(page)
  await page.locator('[data-new]').click()
  await page.locator(`[data-new-layer=${layer}]`).click()
  await page.locator('[data-entry]').waitFor()
}
const save = (page: Page) => page.locator('[data-save]').click()
async function saved(page: Page, name: string) {
  await page.locator('[data-entry]').waitFor({ state: 'detached' })
  await page.locator('[data-toast]', { hasText: `已保存“${name}”` }).last().waitFor()
}

beforeAll(async () => {
  server = await startServer({ demo: true })
  url = server.url
  browser = await launch()
  const { features } = (await (await ask(`${url}/api/layers/area/features?level=village&limit=1&sort=code`)).json()) as { features: { id: string }[] }
  const area = (await (await ask(`${url}/api/layers/area/features/${features[0]!.id}`)).json()) as { geometry: { coordinates: number[][][] | number[][][][] } }
  const ring = area.geometry.coordinates.flat(area.geometry.coordinates[0]![0]![0]! instanceof Array ? 2 : 1) as [number, number][]
  spot = [ring.reduce((sum, p) => sum + p[0], 0) / ring.length, ring.reduce((sum, p) => sum + p[1], 0) / ring.length]
})
afterAll(async () => {
  await browser?.close()
  await server?.remove()
})

test('a row is made by a click on the map, and what is wrong stands at its field', async () => {
  const { page, errors, close } = await visit(browser, `${url}/material?lang=zh&power=low&at=${spot[0]},${spot[1]},14`, { viewport: WIDE })
  await begin(page)
  expect(await violations(page)).toEqual([])
  await save(page)
  const name = field(page, 'name')
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('[data-entry]').getByText('请指定位置').count()).toBe(1)
  await name.fill('点选物资站')
  await field(page, 'kind').selectOption({ label: '乡镇物资站' })
  await field(page, 'capacity_persons').fill('-3')
  const box = (await page.locator('canvas').boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await expect.poll(() => field(page, 'coordinates').inputValue()).not.toBe('')
  await save(page)
  await page.locator('[data-entry]').getByText('应在 0 到 1000000 之间').waitFor()
  await field(page, 'capacity_persons').fill('120')
  await page.locator('[data-part=stock_line]').getByRole('button', { name: '添加库存' }).click()
  await page.locator('[data-part=stock_line] [name=item]').fill('编织袋')
  await page.locator('[data-part=stock_line] [name=quantity]').fill('300')
  await page.locator('[data-part=stock_line] [name=unit]').fill('条')
  await page.locator('[data-save]').dblclick()
  await saved(page, '点选物资站')
  const rows = await named('点选物资站')
  expect(rows).toHaveLength(1)
  expect(rows[0]!.geometry.coordinates[0]).toBeCloseTo(spot[0], 3)
  await page.locator('[data-card]').getByText('编织袋').waitFor()
  expect(errors.filter((e) => !e.includes('422'))).toEqual([])
  await close()
})

test('typed coordinates keep their system; what the server finds comes with a way on', async () => {
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low`, { viewport: WIDE })
  await begin(page)
  const at: [number, number] = [spot[0], spot[1] + 0.004]
  await field(page, 'name').fill('坐标物资站')
  await field(page, 'kind').selectOption('depot')
  await field(page, 'coordinates').fill('113.95')
  await page.getByText('需要经度和纬度两个数').waitFor()
  // What is not understood is not passed over for the place of before.
  await field(page, 'coordinates').fill(`${at[0]}, ${at[1]}`)
  await field(page, 'coordinates').fill('113.95')
  await save(page)
  await page.getByText('有 1 处需要更正').waitFor()
  // An emptied box is no place either.
  await field(page, 'coordinates').fill(`${at[0]}, ${at[1]}`)
  await field(page, 'coordinates').fill('')
  await save(page)
  await page.locator('[data-entry]').getByText('请指定位置').waitFor()
  await field(page, 'coordinates').fill('0, 0')
  await page.getByText('0, 0 不是位置').waitFor()
  // Full-width signs, and the numbers named the wrong way round: the form offers to exchange them.
  await field(page, 'coordinates').fill(`纬度：${at[0]}，经度：${at[1]}`.replaceAll('.', '．').replaceAll(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)))
  await page.locator('[data-swap] button').click()
  await expect.poll(() => field(page, 'coordinates').inputValue()).toBe(`${Number(at[0].toFixed(7))}, ${Number(at[1].toFixed(7))}`)
  await field(page, 'capacity_persons').fill('１２０')
  // So does the server, for whoever saves them as they are.
  await field(page, 'coordinates').fill(`纬度${at[0]} 经度${at[1]}`)
  await save(page)
  await page.locator('[data-finding=swapped]').waitFor()
  await page.locator('[data-offer=swap]').click()
  await saved(page, '坐标物资站')
  const first = await one('坐标物资站')
  expect(first.properties.capacity_persons).toBe(120)
  expect(first.geometry.coordinates[0]).toBeCloseTo(at[0], 6)

  // A similar row nearby: open that one, with what was typed as a change.
  await begin(page)
  await field(page, 'name').fill('坐标物资站点')
  await field(page, 'kind').selectOption('depot')
  await field(page, 'address').fill('新街 5 号')
  await field(page, 'coordinates').fill(`${at[1]}N ${at[0]}E`)
  await save(page)
  await page.locator('[data-finding=similar_nearby]').waitFor()
  await page.locator('[data-offer=merge]').first().click()
  await page.locator('[data-entry]', { hasText: '编辑 · 坐标物资站' }).waitFor()
  expect(await field(page, 'address').inputValue()).toBe('新街 5 号')
  await page.locator('[data-field=address]').getByText('原：未填').waitFor()
  await page.locator('[data-field=name]').getByRole('button', { name: /恢复/ }).click()
  await save(page)
  await saved(page, '坐标物资站')
  expect((await one('坐标物资站')).properties).toMatchObject({ address: '新街 5 号', version: 2 })

  // Or save anyway.
  await begin(page)
  await field(page, 'name').fill('坐标物资站二')
  await field(page, 'kind').selectOption('depot')
  await field(page, 'system').selectOption('GCJ02')
  await field(page, 'coordinates').fill(`${at[0]}, ${at[1]}`)
  await save(page)
  await Promise.race([page.locator('[data-offer=accept]').click(), saved(page, '坐标物资站二')])
  await saved(page, '坐标物资站二')
  const shifted = await one('坐标物资站二')
  const metres = Math.hypot((shifted.geometry.coordinates[0] - at[0]) * 100_000, (shifted.geometry.coordinates[1] - at[1]) * 111_000)
  expect(metres).toBeGreaterThan(100)
  expect(metres).toBeLessThan(900)
  await close()
})

test('two people change one row: told at once, chosen field by field, nothing lost', async () => {
  const row = await make('冲突物资站', { keeper: '甲', stock_line: [{ item: '绳', quantity: 1, unit: '根' }] })
  const { page, close } = await open(row)
  await page.locator('[data-edit]').click()
  await field(page, 'address').fill('我的地址')
  await field(page, 'owner_unit').fill('我的单位')
  await elsewhere(row, { address: '对方的地址', keeper: '乙' })
  await page.locator('[data-meanwhile]').waitFor()
  expect(await field(page, 'address').inputValue()).toBe('我的地址')
  await save(page)
  const conflict = page.locator('[data-conflict]')
  await conflict.waitFor()
  expect(await conflict.locator('[data-clash]').evaluateAll((list) => list.map((e) => (e as HTMLElement).dataset.clash))).toEqual(['address'])
  expect((await conflict.locator('[data-taken]').evaluateAll((list) => list.map((e) => (e as HTMLElement).dataset.taken))).sort()).toEqual(['keeper', 'owner_unit'])
  expect(await page.locator('[data-resolve]').isDisabled()).toBe(true)
  expect(await violations(page)).toEqual([])
  await conflict.getByText('我的地址').click()
  await page.locator('[data-resolve]').click()
  await saved(page, '冲突物资站')
  expect((await one('冲突物资站')).properties).toMatchObject({ address: '我的地址', owner_unit: '我的单位', keeper: '乙', version: 3 })

  await page.locator('[data-history] summary').click()
  await page.locator('[data-event]').first().waitFor()
  expect(await page.locator('[data-event]').count()).toBe(3)
  await page.locator('[data-event]').nth(1).getByText('保管人').waitFor()
  await page.locator('[data-restore]').last().click()
  await page.locator('dialog[open] [data-confirm]').click()
  await page.locator('[data-toast]', { hasText: '第 1 版' }).waitFor()
  expect((await one('冲突物资站')).properties).toMatchObject({ address: '老街', keeper: '甲', version: 4 })
  await close()
})

test('a deletion is undone at once, or later from the list of what was deleted', async () => {
  const row = await make('删除物资站')
  const { page, close } = await open(row)
  const remove = async () => {
    await page.locator('[data-delete]').click()
    await page.locator('dialog[open] [data-confirm]').click()
    await page.locator('[data-toast]', { hasText: '已删除' }).last().waitFor()
    expect(await named('删除物资站')).toEqual([])
  }
  await remove()
  await page.locator('[data-toast]').getByRole('button', { name: '撤销' }).click()
  await page.locator('[data-card]', { hasText: '删除物资站' }).waitFor()
  expect((await one('删除物资站')).properties.version).toBe(3)
  await remove()
  await page.locator('[data-deleted]').click()
  await page.locator('dialog li', { hasText: '删除物资站' }).first().getByRole('button', { name: '恢复' }).click()
  await page.locator('[data-card]', { hasText: '删除物资站' }).waitFor()
  expect((await one('删除物资站')).properties.version).toBe(5)

  // Deleted while it is being edited: the form keeps what was typed, and offers to bring the row back.
  await page.locator('[data-edit]').click()
  await field(page, 'address').fill('还在写')
  await api(`/features/${row.id}`, { method: 'DELETE', headers: { 'If-Match': '"5"' } })
  await page.locator('[data-meanwhile]', { hasText: '删除' }).waitFor()
  await save(page)
  await page.locator('dialog[open] [data-confirm]').click()
  await saved(page, '删除物资站')
  expect((await one('删除物资站')).properties).toMatchObject({ address: '还在写', version: 8 })
  await close()
})

test('the keyboard alone makes a row', async () => {
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low&at=${spot[0] - 0.01},${spot[1]},15`, { viewport: WIDE })
  await mapIdle(page)
  await page.locator('[data-new]').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('[data-entry]').waitFor()
  await page.keyboard.type('键盘物资站')
  await page.locator('canvas').focus()
  const before = await page.evaluate(() => window.fourmapsMap.getCenter().lng)
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction((lng) => !window.fourmapsMap.isMoving() && window.fourmapsMap.getCenter().lng > lng, before)
  await page.keyboard.press('Enter')
  await expect.poll(() => field(page, 'coordinates').inputValue()).not.toBe('')
  await field(page, 'kind').focus()
  await page.keyboard.press('ArrowDown')
  await page.locator('[data-save]').focus()
  await page.keyboard.press('Enter')
  await Promise.race([page.locator('[data-offer=accept]').click(), saved(page, '键盘物资站')])
  await saved(page, '键盘物资站')
  expect(await named('键盘物资站')).toHaveLength(1)
  await close()
})

test('a point is dragged, and closing asks before anything is lost', async () => {
  const row = await make('移动物资站')
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low&sel=${layer}/${row.id}&at=${row.geometry.coordinates.join()},15`, { viewport: WIDE })
  await mapIdle(page)
  await page.locator('[data-edit]').click()
  await page.locator('[data-move]').click()
  const box = (await page.locator('canvas').boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 60, y - 40, { steps: 5 })
  await page.mouse.up()
  await expect.poll(async () => (await field(page, 'coordinates').inputValue()).split(',').map(Number)[0]! > row.geometry.coordinates[0] + 0.0005).toBe(true)
  await page.locator('[data-entry] header button').click()
  await page.getByRole('alertdialog').getByText('还没有保存').waitFor()
  await page.getByRole('alertdialog').getByRole('button', { name: '取消' }).click()
  await save(page)
  await saved(page, '移动物资站')
  expect((await one('移动物资站')).geometry.coordinates[0]).toBeGreaterThan(row.geometry.coordinates[0] + 0.0005)
  await close()
})

test('an area is drawn corner by corner, corrected and undone', async () => {
  const { page, close } = await visit(browser, `${url}/risk?lang=zh&power=low&at=${spot[0]},${spot[1]},15`, { viewport: WIDE })
  await mapIdle(page)
  await page.locator('[data-new]').click()
  await page.locator('[data-new-layer=risk_point]').click()
  await field(page, 'name').fill('画出的险段')
  await page.locator('[data-place]').getByRole('button', { name: '面', exact: true }).click()
  const box = (await page.locator('canvas').boundingBox())!
  const at = (dx: number, dy: number) => [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy] as const
  /** Clicks a ring corner by corner and closes it; each click is one when the shape has it. */
  async function ring(corners: (readonly [number, number])[], before = 0) {
    for (const [i, corner] of corners.entries()) {
      await page.mouse.click(...at(...corner))
      await expect.poll(() => page.evaluate(() => (window.fourmapsMap.getSource('drawing')?.serialize() as { data?: GeoJSON.FeatureCollection } | undefined)?.data?.features.filter((f) => f.geometry.type === 'Point' && f.properties!.part !== 'middle').length)).toBe(before + i + 1)
    }
    await page.mouse.click(...at(...corners[0]!))
    await page.locator('[data-hint]').getByText('逐点点击边界').waitFor()
  }
  await ring([[-80, -60], [80, -60], [80, 60], [-80, 60]])
  await page.locator('[data-place]').getByText('4 个顶点').waitFor()
  await page.mouse.move(...at(0, -60)) // the middle of the upper side
  await page.mouse.down()
  await page.mouse.move(...at(0, -100), { steps: 4 })
  await page.mouse.up()
  await page.locator('[data-place]').getByText('5 个顶点').waitFor()
  await page.getByRole('toolbar').getByRole('button', { name: '撤销' }).click()
  await page.locator('[data-place]').getByText('4 个顶点').waitFor()
  await page.getByRole('toolbar').getByRole('button', { name: '重做' }).click()
  await page.locator('[data-place]').getByText('5 个顶点').waitFor()
  // A corner is taken away when it is chosen, and not before.
  const removal = page.getByRole('toolbar').getByRole('button', { name: '删除顶点' })
  expect(await removal.isDisabled()).toBe(true)
  await page.mouse.click(...at(0, -100))
  await expect.poll(() => removal.isDisabled()).toBe(false)
  await removal.click()
  await page.locator('[data-place]').getByText('4 个顶点').waitFor()
  expect(await removal.isDisabled()).toBe(true)
  await page.getByRole('toolbar').getByRole('button', { name: '撤销' }).click()
  await page.locator('[data-place]').getByText('5 个顶点').waitFor()
  // A hole inside, and another part beside it.
  await page.locator('[data-add-hole]').click()
  await page.locator('[data-hint]').getByText('挖去').waitFor()
  await ring([[-30, -20], [30, -20], [0, 30]], 5)
  await page.locator('[data-add-part]').click()
  await ring([[120, -60], [180, -60], [150, 20]], 8)
  await page.locator('[data-place]').getByText('11 个顶点').waitFor()
  await field(page, 'risk_level').selectOption('general')
  await field(page, 'kind').selectOption('river_section')
  await save(page)
  await saved(page, '画出的险段')
  const { features } = (await (await ask(`${url}/api/layers/risk_point/features?q=${encodeURIComponent('画出的险段')}`)).json()) as { features: { geometry: { type: string; coordinates: number[][][][] } }[] }
  expect(features[0]!.geometry.type).toBe('MultiPolygon')
  expect(features[0]!.geometry.coordinates.map((part) => part.map((r) => r.length))).toEqual([[6, 4], [4]])
  await close()
})

test('a phone has the same form in its sheet', async () => {
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low&at=${spot[0] + 0.02},${spot[1] + 0.01},15`, { viewport: PHONE, hasTouch: true, isMobile: true })
  await begin(page)
  await field(page, 'name').fill('手机物资站')
  await page.locator('[data-centre]').tap()
  await expect.poll(() => field(page, 'coordinates').inputValue()).not.toBe('')
  await field(page, 'kind').selectOption('village_store')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
  expect(await violations(page)).toEqual([])
  await save(page)
  await Promise.race([page.locator('[data-offer=accept]').click(), saved(page, '手机物资站')])
  await saved(page, '手机物资站')
  await close()
})

test('the position of the device is taken when it is accurate enough, and said when it is not', async () => {
  const at = { longitude: spot[0] - 0.004, latitude: spot[1] - 0.003 }
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low`, { viewport: WIDE, geolocation: { ...at, accuracy: 180 }, permissions: ['geolocation'] })
  await begin(page)
  await page.locator('[data-gps]').click()
  await page.getByText('定位精度 180 米，超过上限 50 米').waitFor()
  expect(await field(page, 'coordinates').inputValue()).toBe('')
  await page.context().setGeolocation({ ...at, accuracy: 8 })
  await page.locator('[data-gps]').click()
  await expect.poll(() => field(page, 'coordinates').inputValue()).toContain(String(Number(at.latitude.toFixed(7))))
  await field(page, 'name').fill('定位物资站')
  await field(page, 'kind').selectOption('hydrant')
  await save(page)
  await saved(page, '定位物资站')
  const { id } = await one('定位物资站')
  expect(((await api(`/features/${id}`)) as Row).properties.position_accuracy_m).toBe(8)
  // A place is found by the name of a row.
  await begin(page)
  await field(page, 'spot').fill('定位物资')
  await page.getByRole('option', { name: /定位物资站/ }).click()
  await expect.poll(async () => Number((await field(page, 'coordinates').inputValue()).split(',')[0])).toBeCloseTo(at.longitude, 5)
  await close()
})

test('what was typed outlives the session', async () => {
  const { page, close } = await visit(browser, `${url}/material?lang=zh&power=low`, { viewport: WIDE, signedOut: true })
  await page.getByRole('button', { name: '工作人员' }).click()
  await begin(page)
  await field(page, 'name').fill('会话物资站')
  await field(page, 'kind').selectOption('hydrant')
  await field(page, 'coordinates').fill(`${spot[0] + 0.004}, ${spot[1] - 0.004}`)
  await page.context().clearCookies()
  await save(page)
  const again = page.locator('[data-sign-in-again]')
  await again.getByLabel('密码').fill('four-maps-demo')
  await page.keyboard.press('Enter')
  await again.waitFor({ state: 'detached' })
  expect(await field(page, 'name').inputValue()).toBe('会话物资站')
  expect(await page.locator('[data-entry]').getByText('请先登录').count()).toBe(0)
  await save(page)
  await saved(page, '会话物资站')
  expect(await named('会话物资站')).toHaveLength(1)
  await close()
})

test('a boundary is corrected on the map', async () => {
  interface Area { id: string; geometry: { coordinates: [number, number][][] }; properties: { code: string; version: number } }
  const areas = `${url}/api/layers/area/features`
  const { features } = (await (await ask(`${areas}?level=village&limit=1&sort=code`)).json()) as { features: Area[] }
  const before = (await (await ask(`${areas}/${features[0]!.id}`)).json()) as Area
  const { page, close } = await visit(browser, `${url}/risk?lang=zh&power=low&area=${before.properties.code}`, { viewport: WIDE })
  await mapIdle(page)
  await page.locator('[data-new]').click()
  await page.locator('[data-edit-area]').click()
  await page.locator('[data-entry]').waitFor()
  // The middle of the longest side, away from other corners.
  const ring = before.geometry.coordinates[0]!
  const sides = ring.slice(1).map((to, i) => ({ length: Math.hypot(to[0] - ring[i]![0], to[1] - ring[i]![1]), middle: [(to[0] + ring[i]![0]) / 2, (to[1] + ring[i]![1]) / 2] as [number, number] }))
  const { middle } = sides.sort((a, b) => b.length - a.length)[0]!
  const box = (await page.locator('canvas').boundingBox())!
  await page.waitForFunction(() => !window.fourmapsMap.isMoving())
  const { x, y } = await page.evaluate((to) => window.fourmapsMap.project(to), middle)
  await page.mouse.move(box.x + x, box.y + y)
  await page.mouse.down()
  await page.mouse.move(box.x + x + 3, box.y + y + 3, { steps: 3 })
  await page.mouse.up()
  await page.locator('[data-place]').getByText(`${ring.length} 个顶点`).waitFor()
  await save(page)
  // Ground that is given up and belongs to nobody then is told; a few metres of it are accepted here.
  const told = page.locator('[data-toast]', { hasText: '已保存' })
  await told.or(page.locator('[data-offer=accept]')).first().waitFor()
  if (await page.locator('[data-offer=accept]').count()) await page.locator('[data-offer=accept]').click()
  await told.waitFor()
  const after = (await (await ask(`${areas}/${before.id}`)).json()) as Area
  expect(after.properties.version).toBe(before.properties.version + 1)
  expect(after.geometry.coordinates[0]).toHaveLength(ring.length + 1)
  await close()
})
