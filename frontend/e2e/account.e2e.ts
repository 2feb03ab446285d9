// Sign-in, a session that ends under a page in use, and the administrators' page of people.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { violations } from './axe.ts'
import { figureBecomes, launch, PHONE, visit } from './browser.ts'
import { ask } from './server.ts'

const url = inject('url')
let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const form = (page: Page) => ({ name: page.getByLabel(/^(用户名|Name)$/), password: page.getByLabel(/^(密码|Password)$/) })

describe('sign-in', () => {
  test('nothing is seen before it; by keyboard alone one lands where one wanted to go', async () => {
    const { page, close } = await visit(browser, `${url}/risk?lang=en&power=low`, { signedOut: true })
    await page.locator('[data-demo-accounts]').waitFor()
    expect(await page.locator('[data-total], #map').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.keyboard.type('demo-viewer')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('the name or the password is wrong').waitFor()
    await page.keyboard.type('four-maps-demo')
    await page.keyboard.press('Enter')
    await figureBecomes(page, '[data-total]', 107)
    expect(new URL(page.url()).pathname).toBe('/risk')
    await page.locator('[data-account]').click()
    await page.locator('[data-sign-out]').click()
    await page.locator('[data-demo-accounts]').waitFor()
    await close()
  })

  test('one tap on a demonstration account, on a phone', async () => {
    const { page, close } = await visit(browser, `${url}/all?power=low`, { signedOut: true, viewport: PHONE, hasTouch: true, isMobile: true })
    await page.getByRole('button', { name: '调度人员' }).tap()
    await page.locator('[data-figure]').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
    await close()
  })

  test('a session that ends leaves the page; signing in again goes on there', async () => {
    const { page, close } = await visit(browser, `${url}/risk?power=low`, { signedOut: true })
    await page.getByRole('button', { name: '查看人员' }).click()
    await figureBecomes(page, '[data-total]', 107)
    await page.locator('[role=option]').first().click()
    await page.locator('[data-card] dl').first().waitFor()
    const heading = await page.locator('[data-card] h2').first().innerText()
    await page.locator('[role=search] input').fill('half a word')
    const { people } = (await (await ask(`${url}/api/people`)).json()) as { people: { id: string; account: { name: string } | null }[] }
    const viewer = people.find((p) => p.account?.name === 'demo-viewer')!
    expect((await ask(`${url}/api/people/${viewer.id}/sessions`, { method: 'DELETE' })).status).toBe(204)
    const again = page.locator('[data-sign-in-again]')
    await again.waitFor()
    expect(await again.getByLabel('用户名').inputValue()).toBe('demo-viewer')
    await again.getByLabel('密码').fill('four-maps-demo')
    await page.keyboard.press('Enter')
    await again.waitFor({ state: 'detached' })
    expect(await page.locator('[role=search] input').inputValue()).toBe('half a word')
    expect(await page.locator('[data-card] h2').first().innerText()).toBe(heading)
    await page.locator('[data-state=live]').waitFor({ timeout: 40_000 })
    await close()
  })
})

test('an administrator adds a person, who has to change the temporary password', async () => {
  const admin = await visit(browser, `${url}/people?lang=zh`)
  const page = admin.page
  await page.getByRole('button', { name: '添加人员' }).click()
  await page.getByLabel('姓名').fill('王建国')
  await page.getByLabel('用户名', { exact: true }).fill('wang')
  await page.getByLabel('角色').selectOption('staff')
  await page.getByLabel(/行政区划/).fill('000000')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('没有代码为 000000 的行政区划').waitFor()
  const { features } = (await (await ask(`${url}/api/layers/area/features?limit=1&level=township&sort=code`)).json()) as { features: { properties: { code: string; name: string } }[] }
  const township = features[0]!.properties
  await page.getByLabel(/行政区划/).fill(township.code)
  await page.getByRole('button', { name: '保存' }).click()
  const password = await page.locator('.told code').innerText()
  await page.getByText(`工作人员 · ${township.name}`).first().waitFor()
  expect(await violations(page)).toEqual([])

  const worker = await visit(browser, `${url}/all?power=low`, { signedOut: true })
  await form(worker.page).name.fill('wang')
  await form(worker.page).password.fill(password)
  await worker.page.keyboard.press('Enter')
  await worker.page.getByLabel('当前密码').fill(password)
  await worker.page.getByLabel(/^新密码/).fill('西山水库夜巡十二点半')
  await worker.page.getByLabel('再输一次新密码').fill('西山水库夜巡十二点半')
  await worker.page.keyboard.press('Enter')
  await worker.page.locator('[data-figure]').first().waitFor()
  await worker.page.locator('[data-account]').click()
  expect(await worker.page.getByRole('link', { name: '人员管理' }).count()).toBe(0)
  await worker.close()

  await page.getByRole('button', { name: '停用' }).click()
  await page.getByRole('button', { name: '启用' }).waitFor()
  expect(admin.errors.filter((e) => !e.includes('409'))).toEqual([])
  await admin.close()
})
