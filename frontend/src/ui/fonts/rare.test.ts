import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

const rare = readFileSync(new URL('rare/rare.css', import.meta.url), 'utf8')
const common = readFileSync(createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/wght.css'), 'utf8')

function covered(css: string): Set<number> {
  const found = new Set<number>()
  for (const [, list] of css.matchAll(/unicode-range:\s*([^;}]*)/g))
    for (const part of list!.split(',')) {
      const [from, to] = part.trim().slice(2).split('-').map((hex) => Number.parseInt(hex, 16))
      for (let c = from!; c <= (to ?? from!); c++) found.add(c)
    }
  return found
}
const lacking = (from: number, to: number) => {
  const has = [covered(common), covered(rare)]
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((c) => !has.some((set) => set.has(c)))
}

test('rare characters of place names have a font', () => {
  const has = [covered(common), covered(rare)]
  expect([...'氹仔㙟𡌶𬯎汈㙍㳇𡐓'].filter((c) => !has.some((set) => set.has(c.codePointAt(0)!)))).toEqual([])
})

test('every character of the basic block of Unicode 13 and of extension A has a font', () => {
  expect(lacking(0x4e00, 0x9fef)).toEqual([])
  expect(lacking(0x3400, 0x4dbf)).toEqual([])
})

test('no character is in both fonts: a common one would fetch two files', () => {
  const both = covered(common)
  expect([...covered(rare)].filter((c) => both.has(c))).toEqual([])
})

test('every file of the style sheet is there', () => {
  const files = [...rare.matchAll(/url\(\.\/([^)]+)\)/g)].map((m) => m[1]!)
  expect(files.length).toBeGreaterThan(60)
  expect(files.filter((name) => !existsSync(new URL(`rare/${name}`, import.meta.url)))).toEqual([])
})
