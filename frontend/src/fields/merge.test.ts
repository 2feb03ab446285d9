import { expect, test } from 'vitest'
import type { Layer, PartRow } from '@/api/types'
import { applied, changed, draftOf, entryOf, same, type Draft } from './draft'
import { check } from './check'
import { merge, mergeLines, settled } from './merge'

const field = (name: string, more: object = {}) => ({ name, type: 'text', label: { zh: name, en: name }, required: false, default: '', choices: [], max_length: 10, min: null, max: null, read_only: false, confirmation: false, sensitive: false, ...more })
const layer = {
  name: 'site', name_optional: false, place_optional: false, standing: [field('name'), field('name_en'), field('area_id', { type: 'reference', layer: 'area' })],
  fields: [field('kind', { type: 'choice', required: true, default: 'a' }), field('people', { type: 'integer', min: 0, max: 9 }), field('phone', { type: 'phone', sensitive: true }), field('tags', { type: 'choices' }), field('seen', { read_only: true })],
  parts: [{ name: 'stock', label: { zh: '', en: '' }, fields: [field('item', { required: true }), field('count', { type: 'number', min: 0 })] }],
} as unknown as Layer
const row = (properties: object, at: [number, number] = [1, 2]) => draftOf(layer, { type: 'Feature', id: 'x', geometry: { type: 'Point', coordinates: at }, properties: { version: 1, ...properties } })
const full = { name: 'N', name_en: null, area_id: null, kind: 'a', people: 3, phone: '123', tags: ['p'], stock: [{ id: '1', item: 'rope', count: 2 }, { id: '2', item: 'sand', count: null }] }

test('a new row has its defaults, and sends only what is said', () => {
  const draft = draftOf(layer)
  expect(draft.values).toEqual({ name: null, name_en: null, area_id: null, kind: 'a', people: null, phone: null, tags: null })
  draft.values.name = ' 东山 '
  draft.geometry = { type: 'Point', coordinates: [113, 22] }
  draft.crs = 'GCJ02'
  expect(entryOf(layer, undefined, draft)).toEqual({ type: 'Feature', properties: { name: '东山', kind: 'a' }, geometry: draft.geometry, crs: 'GCJ02' })
})

test('a change sends only what differs, and null for what was cleared', () => {
  const base = row(full)
  const now = row({ ...full, people: '' as never, stock: [{ id: '1', item: 'rope', count: 3 }] })
  expect(changed(layer, base, now)).toEqual(['people', 'stock'])
  expect(entryOf(layer, base, now)).toEqual({ type: 'Feature', properties: { people: null, stock: [{ id: '1', item: 'rope', count: 3 }] } })
  expect(entryOf(layer, base, row(full))).toEqual({ type: 'Feature', properties: {} })
})

test('a hidden field stays out of form, comparison and answer', () => {
  const masked: Partial<typeof full> = { ...full }
  delete masked.phone
  expect('phone' in row(masked).values).toBe(false)
  expect(changed(layer, row(masked), row({ ...masked, name: 'M' }))).toEqual(['name'])
})

test.each<[string, Record<string, unknown>, Record<string, string>]>([
  ['a required field', { name: '' }, { name: 'missing' }], ['a number that is none', { people: 'x' }, { people: 'number' }], ['too many', { people: 10 }, { people: 'range' }], ['half a person', { people: 1.5 }, { people: 'whole' }],
  ['a long text', { name_en: 'x'.repeat(11) }, { name_en: 'long' }], ['a phone', { phone: 'ring' }, { phone: 'phone' }], ['a line', { stock: [{ item: '', count: -1 }] }, { 'stock[0].item': 'missing', 'stock[0].count': 'range' }],
])('%s is complained of', (_, change, codes) => {
  expect(Object.fromEntries(Object.entries(check(layer, row({ ...full, ...change }))).map(([path, c]) => [path, c.code]))).toEqual(codes)
})

test('a place is needed where the layer needs one', () => {
  expect(check(layer, draftOf(layer)).geometry?.code).toBe('place')
  expect(check({ ...layer, place_optional: true }, draftOf(layer)).geometry).toBeUndefined()
})

test('what one side changed is taken, what both changed is asked', () => {
  const merged = merge(layer, row(full), row({ ...full, name: 'mine', people: 5 }), row({ ...full, name: 'theirs', kind: 'b', people: 5 }, [3, 4]))
  expect(merged.clashes).toEqual(['name'])
  expect(merged.taken).toEqual({ geometry: 'theirs', kind: 'theirs', people: 'both' })
  expect(merged.draft.values).toMatchObject({ name: 'theirs', kind: 'b', people: 5 })
  expect(merged.draft.geometry).toEqual({ type: 'Point', coordinates: [3, 4] })
})

test.each<[string, PartRow[], PartRow[], PartRow[] | undefined]>([
  ['lines of each', [{ id: '1', n: 1 }, { id: '2', n: 0 }, { n: 9 }], [{ id: '1', n: 0 }, { id: '2', n: 2 }, { id: '3', n: 3 }], [{ id: '1', n: 1 }, { id: '2', n: 2 }, { id: '3', n: 3 }, { n: 9 }]],
  ['the same line', [{ id: '1', n: 1 }, { id: '2', n: 0 }], [{ id: '1', n: 2 }, { id: '2', n: 0 }], undefined],
  ['taken away and changed', [{ id: '2', n: 0 }], [{ id: '1', n: 2 }, { id: '2', n: 0 }], undefined],
  ['changed and taken away', [{ id: '1', n: 1 }, { id: '2', n: 0 }], [{ id: '2', n: 0 }], undefined],
  ['taken away by one', [{ id: '2', n: 0 }], [{ id: '1', n: 0 }, { id: '2', n: 0 }], [{ id: '2', n: 0 }]],
])('lists: %s', (_, mine, theirs, expected) => {
  expect(mergeLines([{ id: '1', n: 0 }, { id: '2', n: 0 }], mine, theirs)).toEqual(expected)
})

test('an entry of an outbox is joined with what others made of its row meanwhile', () => {
  const base = row(full)
  const body = { properties: { name: 'mine', kind: 'b' }, geometry: { type: 'Point' as const, coordinates: [3, 4] } }
  const mine = applied(layer, base, body)
  expect(entryOf(layer, base, mine)).toEqual({ type: 'Feature', ...body })
  const theirs = row({ ...full, name: 'theirs', people: 7, stock: [] })
  const merged = merge(layer, base, mine, theirs)
  expect(merged.clashes).toEqual(['name'])
  // What is sent then: only one's own, and nothing of what the other keeps.
  expect(entryOf(layer, theirs, settled(merged, mine, { name: 'mine' })).properties).toEqual({ name: 'mine', kind: 'b' })
  expect(entryOf(layer, theirs, settled(merged, mine, { name: 'theirs' })).properties).toEqual({ kind: 'b' })
})

test('a missing value and null are the same, and of one’s own nothing may be left', () => {
  const masked: Partial<typeof full> = { ...full }
  delete masked.phone
  const theirs = row({ ...masked, phone: null, name: 'theirs' })
  const mine = applied(layer, row(masked), { properties: { name: 'mine', phone: null } })
  const merged = merge(layer, row(masked), mine, theirs)
  expect(merged.clashes).toEqual(['name'])
  expect(entryOf(layer, theirs, settled(merged, mine, { name: 'theirs' }))).toEqual({ type: 'Feature', properties: {} })
})

test('whatever an entry says is what the row is then', () => {
  const base = row(full)
  const now = row({ ...full, tags: [], people: 9, stock: [{ id: '2', item: 'sand', count: 4 }] }, [8, 9])
  now.accuracy = 12
  expect(same(applied(layer, base, entryOf(layer, base, now)), now)).toBe(true)
})

test('whatever two people do: nothing that only one changed is lost, and nothing is asked that need not be', () => {
  let seed = 3
  const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n
  const some = (): Draft => {
    const change: Record<string, unknown> = {}
    if (next(3) === 0) change.name = ['A', 'B', 'N'][next(3)]
    if (next(3) === 0) change.people = [1, 3, null][next(3)]
    if (next(3) === 0) change.tags = [['p'], ['p', 'q'], []][next(3)]
    if (next(3) === 0) change.stock = [[], [{ id: '1', item: 'rope', count: next(3) }], [...full.stock, { item: 'new', count: 1 }]][next(3)]
    return row({ ...full, ...change }, next(3) === 0 ? [next(2), 9] : [1, 2])
  }
  for (let i = 0; i < 1000; i++) {
    const [base, mine, theirs] = [row(full), some(), some()]
    const { draft, taken, clashes } = merge(layer, base, mine, theirs)
    const other = merge(layer, base, theirs, mine)
    expect(other.clashes).toEqual(clashes)
    const [owns, theirOwns] = [changed(layer, base, mine), changed(layer, base, theirs)]
    const differing = new Set([...owns, ...theirOwns])
    expect([...Object.keys(taken), ...clashes].sort()).toEqual([...differing].sort())
    for (const key of changed(layer, base, draft)) expect(differing.has(key)).toBe(true)
    for (const [key, side] of Object.entries(taken)) {
      const [own, their] = [owns.includes(key), theirOwns.includes(key)]
      if (side === 'mine') expect([own, their]).toEqual([true, false])
      else if (side === 'theirs') expect([own, their]).toEqual([false, true])
      else expect([own, their]).toEqual([true, true])
    }
    expect(changed(layer, merge(layer, base, mine, base).draft, mine)).toEqual([])
    expect(same(merge(layer, base, base, theirs).draft, theirs)).toBe(true)
  }
})
