import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import pages from '../../pages.json'
import { MAPS } from '@/lib/view/state'

const router = readFileSync(new URL('./router.ts', import.meta.url), 'utf8')

test('every address of the router stands in pages.json: the server answers 404 for all others', () => {
  const written = [...router.matchAll(/\bpath: ([^,]+),/g)].map((m) => m[1]!)
  expect(written.length).toBeGreaterThan(4)
  expect(written.filter((path) => path !== "'/:rest(.*)*'" && !Object.keys(pages).some((name) => path === `pages.${name}`))).toEqual([])
})

test('addresses of maps name the maps that there are', () => {
  expect(pages.atlas).toBe(`/:map(all|${MAPS.join('|')})`)
  expect(pages.print).toBe(`${pages.atlas}/print`)
})
