// A real Chromium that can reach nothing but the server under test.
import { existsSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import type { Map as MapLibre } from 'maplibre-gl'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { SESSION } from './server.ts'

// Software rendering everywhere alike; and none of the requests that Chromium makes by itself.
const FLAGS = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--no-first-run', '--disable-quic', '--disable-domain-reliability', '--no-pings', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--force-color-profile=srgb', '--hide-scrollbars',
]

export const DESK = { width: 1440, height: 900 }
/** Large enough that the whole district is seen at a zoom without groups of rows. */
export const WIDE = { width: 1920, height: 1080 }
export const PHONE = { width: 390, height: 844 }

declare global {
  interface Window {
    fourmapsMap: MapLibre
  }
}

// Where scripts/install finds or puts a Chromium; on Ubuntu it is that of the test library.
const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']
const installed = () => process.env.CHROMIUM ?? CANDIDATES.find((path) => existsSync(path)) ?? chromium.executablePath()

export const launch = (env: Record<string, string> = {}): Promise<Browser> =>
  chromium.launch({ executablePath: installed(), args: FLAGS, env: { ...process.env, ...env } as Record<string, string> })

/** A browser with a profile in a folder, as a phone has it; `kill` ends it as an empty battery does. */
export async function launchKept(folder: string, options: BrowserContextOptions): Promise<{ context: BrowserContext; kill(): Promise<void> }> {
  const context = await chromium.launchPersistentContext(folder, { executablePath: installed(), args: FLAGS, ...options })
  return {
    context,
    async kill() {
      const gone = new Promise((done) => context.once('close', done))
      process.kill(Number(/-(\d+)$/.exec(readlinkSync(path.join(folder, 'SingletonLock')))![1]), 'SIGKILL')
      await gone
    },
  }
}

export interface Visit {
  page: Page
  outside: string[] // requests to other hosts
  errors: string[] // what the page complained of
  close(): Promise<void>
}

/** Opens a page of the server in a context of its own, signed in as an administrator unless `signedOut`. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions & { before?: string; signedOut?: boolean } = {}): Promise<Visit> {
  const { before, signedOut, ...rest } = options
  const context = await browser.newContext({ viewport: DESK, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...rest })
  const host = new URL(url).host
  const outside: string[] = []
  const errors: string[] = []
  await context.route('**/*', (route) => {
    if (new URL(route.request().url()).host === host) return route.continue()
    outside.push(route.request().url())
    return route.abort()
  })
  if (!signedOut) await context.addCookies([{ ...SESSION, url: new URL(url).origin, httpOnly: true, sameSite: 'Lax' }])
  if (before) await context.addInitScript(before)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(withProbe(url))
  return { page, outside, errors, close: () => context.close() }
}

// ?probe hands the map to the test, which then asks it what it shows instead of comparing pixels. Relief and sharpness,
// which cost two cores that draw in software most of their time, are for the tests that ask for power=full.
const withProbe = (url: string) => `${url}${url.includes('?') ? '&' : '?'}probe=1${/[?&]power=/.test(url) ? '' : '&power=low'}`

/** Waits until the map shows all that it was told to show. */
export async function mapIdle(page: Page) {
  await page.waitForFunction(() => window.fourmapsMap?.loaded() && window.fourmapsMap.areTilesLoaded(), null, { timeout: 90_000 })
}

/** The ids of the rows of a layer that the map has tiles of. */
export async function idsOnMap(page: Page, layer: string): Promise<string[]> {
  return page.evaluate((name) => {
    if (!window.fourmapsMap?.getSource(`rows-${name}`)) return []
    const rows = window.fourmapsMap.querySourceFeatures(`rows-${name}`, { sourceLayer: name })
    return [...new Set(rows.map((row) => String(row.properties.id)))].sort()
  }, layer)
}

/** The number that an element shows. */
export async function figure(page: Page, selector: string): Promise<number> {
  const text = await page.locator(selector).first().innerText()
  return Number(text.replaceAll(/[^\d]/g, ''))
}

/** Waits until an element shows a number. */
export async function figureBecomes(page: Page, selector: string, wanted: number) {
  await page.waitForFunction(
    ([target, n]) => Number(document.querySelector(target as string)?.textContent?.replaceAll(/[^\d]/g, '')) === n, [selector, wanted] as const,
  )
}
