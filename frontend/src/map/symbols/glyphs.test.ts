import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { glyph, hasGlyph, outline } from './glyphs'
import { shapeName } from './shapes'

const folder = new URL('../../../../geo/layer/', import.meta.url)
const declared = readdirSync(folder).filter((f) => f.endsWith('.go') && !f.endsWith('_test.go'))
  .flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/Symbol: "(\w+)"/g)].map((m) => m[1]!))

test('every symbol that a layer declares is drawn', () => {
  expect(declared.length).toBeGreaterThan(40)
  const missing = declared.filter((name) => !hasGlyph(name) && shapeName(name, 'base') !== name)
  expect(missing).toEqual([])
})

test('a symbol that nobody drew is a dot', () => expect(glyph('no such thing').path).toContain('7.5'))

test('parts that begin with a relative move begin at the origin', () => {
  expect(outline('<svg viewBox="0 0 50 50"><path d="m1 2h3"/><path\n d="M4 5&#xA;h1"/></svg>')).toEqual({ path: 'M0 0m1 2h3 M0 0M4 5 h1', grid: 50 })
})
