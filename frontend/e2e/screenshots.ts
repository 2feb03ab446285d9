// Pictures of the screen for docs and for judging the look: npm run screenshots -- [folder] [address of a running server]
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { launch, mapIdle, visit } from './browser.ts'
import { startServer } from './server.ts'

const folder = path.resolve(process.argv[2] ?? '../docs/pictures')
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
  const { features } = (await (await fetch(`${url}/api/layers/${layer}/features?limit=1&${query}`)).json()) as { features: { id: string; properties: Record<string, string> }[] }
  const row = features[0]
  return (field === 'id' ? row?.id : row?.properties[field]) ?? ''
}

const server = running ? undefined : await startServer({ demo: true })
const url = running ?? server!.url
mkdirSync(folder, { recursive: true })
const first = {
  risk_point: await firstOf(url, 'risk_point', 'sort=risk_level'), material_site: await firstOf(url, 'material_site', 'kind=depot'),
  command_unit: await firstOf(url, 'command_unit', 'level=township'), township: await firstOf(url, 'area', 'level=township&sort=-code', 'code'),
}
const browser = await launch()
const wrong: string[] = []
for (const { name, size, address } of SHOTS)
  for (const [lang, theme] of [['zh', 'dark'], ['en', 'light']] as const) {
    const target = address(first)
    const query = `lang=${lang}&theme=${theme}`
    const { page, close, outside, errors } = await visit(browser, `${url}${target}${target.includes('?') ? '&' : '?'}${query}`, {
      viewport: SIZES[size], hasTouch: size === 'phone', deviceScaleFactor: size === 'phone' ? 2 : 1,
    })
    await mapIdle(page)
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(1500) // names that found no place are written when the map rests
    await mapIdle(page)
    await page.screenshot({ timeout: 120_000, path: path.join(folder, `${name}-${lang}-${theme}.png`) })
    wrong.push(...outside, ...errors)
    await close()
  }
await browser.close()
await server?.remove()
if (wrong.length) throw new Error(`while taking pictures:\n${wrong.join('\n')}`)
