// What axe complains of on a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** Lists the violations of WCAG 2.2 AA and of good practice. */
export async function violations(page: Page): Promise<string[]> {
  // Not through a <script> element: the page's own policy forbids that.
  await page.evaluate(axe)
  const found = await page.evaluate(() => (window as unknown as { axe: { run(o: object): Promise<{ violations: Violation[] }> } }).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  return found.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`)
}
