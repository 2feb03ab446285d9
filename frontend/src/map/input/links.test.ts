import { expect, test } from 'vitest'
import type { Feature, Layer } from '@/api/types'
import { linksOf } from './links'

const layer = { name: 'unit', fields: [{ name: 'parent_id', type: 'reference', layer: 'unit' }] } as unknown as Layer
const row = (id: string, parent: string | null, at: [number, number] | null): Feature => ({
  type: 'Feature', id, geometry: at && { type: 'Point', coordinates: at }, properties: { version: 1, parent_id: parent },
})
const rows = [row('city', null, null), row('county', 'city', [0, 0]), row('town', 'county', [1, 0]), row('village', 'town', [2, 0]), row('other', 'county', [0, 1])]
const ends = (list: ReturnType<typeof linksOf>) => list.features.map((f) => JSON.stringify((f.geometry as unknown as { coordinates: unknown }).coordinates) + (f.properties!.strong ? '!' : ''))

test('each placed row is joined to the placed row above it', () => {
  expect(ends(linksOf(layer, rows, undefined))).toEqual(['[[1,0],[0,0]]', '[[2,0],[1,0]]', '[[0,1],[0,0]]'])
})

test('the chain of the selected row is strong, upwards and one step downwards', () => {
  expect(ends(linksOf(layer, rows, 'town'))).toEqual(['[[1,0],[0,0]]!', '[[2,0],[1,0]]!', '[[0,1],[0,0]]'])
})

test('a ring of parents ends', () => {
  const ring = [row('a', 'b', [0, 0]), row('b', 'a', [1, 1])]
  expect(linksOf(layer, ring, 'a').features).toHaveLength(2)
})

test('a layer without a reference to itself has no lines', () => {
  expect(linksOf({ ...layer, fields: [] }, rows, undefined).features).toEqual([])
})
