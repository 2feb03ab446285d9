import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { en } from './en'
import { zh } from './zh'

const flat = (node: object, at = ''): [string, string][] =>
  Object.entries(node).flatMap(([key, value]) => (typeof value === 'string' ? [[`${at}${key}`, value] as [string, string]] : flat(value, `${at}${key}.`)))
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

test('both languages say the same things with the same slots', () => {
  const english = new Map(flat(en))
  for (const [key, text] of flat(zh)) {
    expect(english.get(key), key).toBeTruthy()
    expect(slots(english.get(key)!), key).toEqual(slots(text))
  }
  expect(english.size).toBe(flat(zh).length)
})

test('English has no Chinese characters and no phrase is empty', () => {
  for (const [key, text] of flat(en)) expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false)
})

test('every phrase is said somewhere, and nothing is said that is not here', () => {
  const src = new URL('../..', import.meta.url).pathname
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(vue|ts)$/.test(f) && !f.includes('i18n') && !f.endsWith('.test.ts'))
    .map((f) => readFileSync(path.join(src, f), 'utf8')).join('\n')
  const keys = flat(zh).map(([key]) => key)
  const built = [...sources.matchAll(/\bt\(`([\w.]+\.)\$\{/g)].map((m) => m[1]!)
  expect(keys.filter((key) => !sources.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)))).toEqual([])
  const said = [...sources.matchAll(/[^\w.]t\('([\w.]+)'/g)].map((m) => m[1]!)
  expect(said.length).toBeGreaterThan(100)
  expect(said.filter((key) => !keys.includes(key))).toEqual([])
})
