// A ledger from upload to the map, in a real browser: with errors, again, and a changed copy.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { launch, mapIdle, PHONE, visit, WIDE } from './browser.ts'
import { ask, startServer, type Server } from './server.ts'

let browser: Browser
let server: Server
beforeAll(async () => {
  browser = await launch()
  server = await startServer({ demo: true })
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

// Places in the middle of the demonstration district, so that every row lies inside it.
async function ledger(rows: string[]) {
  const { district } = (await (await ask(`${server.url}/api/installation`)).json()) as { district: { bbox: number[] } }
  const [west, south, east, north] = district.bbox as [number, number, number, number]
  const lon = (west + east) / 2
  const lat = (south + north) / 2
  const text = ['编号,名称,类型,经度,纬度,容纳人数,联系电话', ...rows].join('\n').replaceAll('LON', lon.toFixed(5)).replaceAll('LAT', lat.toFixed(5))
  return { name: '避难场所台账.csv', mimeType: 'text/csv', buffer: Buffer.from(`﻿${text}\n`, 'utf8') }
}
const GOOD = ['S1,一号应急避难场所,避难场所,LON,LAT,120,0000-0000001', 'S2,二号应急避难场所,安置点,LON,LAT,80,0000-0000002', 'S3,三号应急避难场所,避难场所,LON,LAT,60,']
const BAD = ['S4,四号,火山,LON,LAT,10,', 'S5,五号,避难场所,LON,LAT,很多,', 'S6,海里,避难场所,150.1,LAT,1,', 'S1,重复,避难场所,LON,LAT,1,']

const stored = async () => Number(await server.sql("SELECT count(*) FROM material_site WHERE origin = '避难场所台账' AND deleted_at IS NULL"))
const sum = (page: Page) => page.locator('[data-sum]').innerText()
async function upload(page: Page, rows: string[]) {
  await page.locator('input[type=file]').setInputFiles(await ledger(rows))
  await page.locator('[data-layer]').waitFor()
}
async function choose(page: Page) {
  await page.getByLabel('图层').selectOption('material_site')
  await page.locator('[data-column]').first().waitFor()
  await page.locator('[data-system] label', { hasText: 'WGS 84' }).click()
}
async function check(page: Page) {
  const button = page.locator('[data-check]')
  await page.waitForFunction(() => !(document.querySelector('[data-check]') as HTMLButtonElement | null)?.disabled)
  await button.click()
  await page.locator('[data-sum]').waitFor()
}
async function apply(page: Page) {
  await page.locator('[data-apply]').click()
  await page.locator('[data-confirm]').click()
  await page.locator('[data-done]').waitFor()
}

describe('the import page', () => {
  test('who may not import is told so at once, with who grants it', async () => {
    const { page, close } = await visit(browser, `${server.url}/import`, { signedOut: true })
    await page.getByRole('button', { name: '查看人员' }).click()
    await page.locator('[data-not-allowed]').getByText('demo-viewer').waitFor()
    expect(await page.locator('[data-drop], input[type=file]').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await close()
  })

  test('a blank ledger is there for each layer; a phone has nothing to drag', async () => {
    const { page, close } = await visit(browser, `${server.url}/import`, { viewport: WIDE })
    await page.getByText('把文件拖到这里').waitFor()
    expect(await violations(page)).toEqual([])
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-blank=material_site]').click()])
    expect(file.suggestedFilename()).toMatch(/空白表.xlsx$/)
    await close()
    const phone = await visit(browser, `${server.url}/import`, { viewport: PHONE, hasTouch: true, isMobile: true })
    await phone.page.locator('button', { hasText: '选择文件' }).waitFor()
    expect(await phone.page.getByText('拖到').count()).toBe(0)
    await phone.close()
  })

  test('a ledger with errors: proposals, system, report, import, rows on the map', async () => {
    const { page, outside, errors, close } = await visit(browser, `${server.url}/all?power=low`, { viewport: WIDE })
    await page.locator('[data-account]').click()
    await page.getByRole('link', { name: '导入台账' }).click()
    await page.locator('[data-drop]').waitFor()
    await page.goto(`${server.url}/import?power=low&probe=1`)
    await page.locator('[data-drop]').waitFor()
    expect(await violations(page)).toEqual([])
    await upload(page, [...GOOD, ...BAD])
    await page.getByText('从列名看像是：物资装备').waitFor()
    await page.getByLabel('图层').selectOption('material_site')
    const targets = page.locator('[data-column] select')
    await targets.first().waitFor()
    expect(await targets.evaluateAll((all) => all.map((s) => (s as HTMLSelectElement).value))).toEqual(['key', 'name', 'kind', 'lon', 'lat', 'capacity_persons', 'keeper_phone'])
    await page.locator('[data-missing]', { hasText: '请选择坐标系' }).waitFor() // nothing is guessed
    expect(await page.locator('[data-check]').isDisabled()).toBe(true)
    await page.locator('[data-system] label', { hasText: 'WGS 84' }).getByText('辖区内 6 / 7').waitFor()
    await page.locator('[data-system] label', { hasText: 'WGS 84' }).click()
    await mapIdle(page)
    await page.waitForFunction(() => window.fourmapsMap.querySourceFeatures('import').length > 0)
    expect(await violations(page)).toEqual([])

    await page.waitForFunction(() => !(document.querySelector('[data-check]') as HTMLButtonElement | null)?.disabled)
    await page.reload() // the server keeps what was said, and has checked it
    await page.locator('[data-sum]').waitFor()
    await page.getByRole('button', { name: '修改设置' }).click()
    expect(await page.getByLabel('图层').inputValue()).toBe('material_site')
    await check(page)
    expect(await sum(page)).toBe('读取 7 行 = 新增 3 + 变更 0 + 相同 0 + 拒绝 4')
    expect(await stored()).toBe(0)
    await page.locator('[data-outcome=rejected]').click()
    await page.waitForFunction(() => document.querySelectorAll('[data-row=rejected]').length === 4 && document.querySelectorAll('[data-row]').length === 4)
    const reasons = await page.locator('[data-row=rejected] .detail').allInnerTexts()
    expect(reasons[0]).toContain('类型：“火山”不是可选值')
    expect(reasons[1]).toContain('容纳人数：“很多”不是数字')
    expect(reasons[2]).toContain('不在预期范围内')
    expect(reasons[3]).toContain('与第 2 行重复')
    expect(await violations(page)).toEqual([])
    await apply(page)
    expect(await stored()).toBe(3)
    await page.locator('[data-to-map]').click()
    await page.locator('[role=option]').first().waitFor()
    await page.locator('[role=search] input').fill('二号应急避难')
    await page.getByRole('option', { name: /二号应急避难场所/ }).first().waitFor()
    expect(outside).toEqual([])
    expect(errors).toEqual([])
    await close()
  })

  test('the same again changes nothing; a changed copy tells what it changes', async () => {
    const { page, close } = await visit(browser, `${server.url}/import?power=low`)
    await upload(page, GOOD)
    await choose(page)
    await check(page)
    expect(await sum(page)).toBe('读取 3 行 = 新增 0 + 变更 0 + 相同 3 + 拒绝 0')
    expect(await page.locator('[data-apply]').isDisabled()).toBe(true)
    await page.getByRole('button', { name: '其他文件' }).click()

    await upload(page, [GOOD[0]!.replace(',120,', ',150,'), GOOD[1]!, 'S7,七号应急避难场所,避难场所,LON,LAT,5,'])
    await choose(page)
    await check(page)
    expect(await sum(page)).toBe('读取 3 行 = 新增 1 + 变更 1 + 相同 1 + 拒绝 0')
    await page.locator('[data-outcome=changed]').click()
    await page.getByText('可容纳人数').waitFor()
    expect((await page.locator('[data-row=changed] .detail').innerText()).replaceAll(/\s+/g, ' ')).toContain('可容纳人数：120 人 → 150 人')
    await page.locator('[data-remove-gone]').check()
    await apply(page)
    expect(await stored()).toBe(3)
    expect(await server.sql("SELECT string_agg(origin_key || capacity_persons, ' ' ORDER BY origin_key) FROM material_site WHERE origin = '避难场所台账' AND deleted_at IS NULL")).toBe('S1150 S280 S75')
    await close()
  })

  test('what cannot be read is told and leaves nothing behind; a draft can be discarded', async () => {
    const { page, close } = await visit(browser, `${server.url}/import?power=low&lang=en`, { locale: 'en-GB' })
    await page.evaluate(() => document.querySelector('[data-drop]')?.scrollIntoView())
    await page.locator('input[type=file]').setInputFiles({ name: 'old.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(4096)]) })
    await page.locator('[role=alert]').waitFor()
    expect(await page.locator('[role=alert]').innerText()).toMatch(/\.xls/)
    await upload(page, GOOD)
    await page.locator('[data-layer]').waitFor()
    await page.getByRole('button', { name: /放弃|Discard/ }).click()
    await page.locator('[data-confirm]').click()
    await page.locator('[data-drop]').waitFor()
    expect(await server.sql("SELECT count(*) FROM import_draft WHERE state = 'uploaded'")).toBe('0')
    await close()
  })

  test('on a phone everything is within the width', async () => {
    const { page, close } = await visit(browser, `${server.url}/import?power=low`, { viewport: PHONE, hasTouch: true, isMobile: true })
    await upload(page, GOOD)
    await choose(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
    await check(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
    await close()
  })
})
