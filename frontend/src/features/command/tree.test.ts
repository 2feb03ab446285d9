import { describe, expect, test } from 'vitest'
import type { Feature, Field } from '@/api/types'
import { ancestors, lines, treeOf } from './tree'

const parent = { name: 'parent_id' } as Field
const row = (id: string, above: string | null): Feature => ({ type: 'Feature', id, geometry: null, properties: { version: 1, parent_id: above } })
const rows = [row('county', 'city'), row('a', 'county'), row('a1', 'a'), row('a2', 'a'), row('b', 'county')]

test('a row whose parent is elsewhere is a root', () => {
  expect(treeOf(rows, parent).map((n) => n.row.id)).toEqual(['county'])
})

test('only open branches have lines', () => {
  expect(lines(treeOf(rows, parent), new Set(['county'])).map((n) => `${n.depth}${n.row.id}`)).toEqual(['0county', '1a', '1b'])
  expect(lines(treeOf(rows, parent), new Set(['county', 'a'])).map((n) => n.row.id)).toEqual(['county', 'a', 'a1', 'a2', 'b'])
})

describe('a ring of parents', () => {
  const ring = [row('x', 'y'), row('y', 'x'), row('self', 'self')]
  test('keeps every row', () => expect(lines(treeOf(ring, parent), new Set(['x', 'y', 'self']))).toHaveLength(3))
  test('has an end upwards', () => expect(ancestors('x', ring, parent)).toEqual(['y', 'x']))
})

test('ancestors, nearest first', () => expect(ancestors('a1', rows, parent)).toEqual(['a', 'county']))
