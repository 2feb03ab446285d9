// Pictures of the screen, for judging the look: npm run screenshots -- [folder] [address of a running server]
// Without a folder the one that the README shows is made anew, too.
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { launch, mapIdle, visit } from './browser.ts'
import { ask, signIn, startServer } from './server.ts'

const folder = path.resolve(process.argv[2] ?? 'test-results/pictures')
const SHOWN = 'overview-zh-dark.jpg' // in docs/pictures
const running = process.argv[3]
const SIZES = { desk: { width: 1920, height: 1080 }, wall: { width: 3840, height: 2160 }, phone: { width: 390, height: 844 } }

interface Shot {
  name: string
  size: keyof typeof SIZES
  address: (first: Record<string, string>) => string
}

const SHOTS: Shot[] = [
  { name: 'overview', size: 'desk', address: () => '/all' },
  { name: 'risk', size: 'desk', address: () => '/risk' },
  { name: 'material', size: 'desk', address: (first) => `/material?f.material_site.kind=depot,shelter&sel=material_site/${first.material_site}` },
  { name: 'force-township', size: 'desk', address: (first) => `/force?area=${first.township}` },
  { name: 'command', size: 'desk', address: (first) => `/command?sel=command_unit/${first.command_unit}` },
  { name: 'overview-4k', size: 'wall', address: () => '/all' },
  { name: 'phone', size: 'phone', address: () => '/all' },
  { name: 'phone-card', size: 'phone', address: (first) => `/risk?sel=risk_point/${first.risk_point}` },
]

async function firstOf(url: string, layer: string, query: string, field = 'id'): Promise<string> {
  const { features } = (await (await ask(`${url}/api/layers/${layer}/features?limit=1&${query}`)).json()) as { features: { id: string; properties: Record<string, string> }[] }
  const row = features[0]
  return (field === 'id' ? row?.id : row?.properties[field]) ?? ''
}

const server = running ? undefined : await startServer({ demo: true })
const url = running ?? server!.url
if (running) await signIn(running)
mkdirSync(folder, { recursive: true })
const first = {
  risk_point: await firstOf(url, 'risk_point', 'sort=risk_level'), material_site: await firstOf(url, 'material_site', 'kind=depot'),
  command_unit: await firstOf(url, 'command_unit', 'level=township'), township: await firstOf(url, 'area', 'level=township&sort=-code', 'code'),
}
const wrong: string[] = []

async function take({ name, size, address }: Shot, lang: string, theme: string) {
  const file = `${name}-${lang}-${theme}.jpg`
  const target = address(first)
  // A browser for each: the memory of a wall's map is not given back while one runs.
  const browser = await launch()
  try {
    const { page, outside, errors } = await visit(browser, `${url}${target}${target.includes('?') ? '&' : '?'}lang=${lang}&theme=${theme}&power=full`, {
      viewport: SIZES[size], hasTouch: size === 'phone', isMobile: size === 'phone', deviceScaleFactor: size === 'phone' ? 2 : 1,
    })
    await mapIdle(page)
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(1500) // names that found no place are written when the map rests
    await mapIdle(page)
    await page.screenshot({ timeout: 120_000, path: path.join(folder, file), quality: 82 })
    wrong.push(...[...outside, ...errors].map((what) => `${file}: ${what}`))
  } catch (cause) {
    wrong.push(`${file}: ${String(cause)}`) // the others are taken all the same
  } finally {
    await browser.close()
  }
  process.stdout.write(`${file}\n`)
}

for (const shot of SHOTS) for (const [lang, theme] of [['zh', 'dark'], ['en', 'light']] as const) await take(shot, lang, theme)
await server?.remove()
if (wrong.length) throw new Error(`while taking pictures:\n${wrong.join('\n')}`)
if (!process.argv[2]) copyFileSync(path.join(folder, SHOWN), path.resolve('../docs/pictures', SHOWN))
