import { expect, test } from 'vitest'
import type { LngLat } from './geodesy'
import { direction, walkingOrder } from './walk'

const at = (places: Record<string, LngLat | undefined>) => (name: string) => places[name]

test('from each to the nearest that is left, and those without a place last', () => {
  const places = { a: [112.3, 28] as LngLat, b: [112.1, 28] as LngLat, none: undefined, c: [112.2, 28] as LngLat }
  expect(walkingOrder(Object.keys(places), at(places), [112, 28])).toEqual(['b', 'c', 'a', 'none'])
  expect(walkingOrder(Object.keys(places), at(places), [112.31, 28])).toEqual(['a', 'c', 'b', 'none'])
})

test('without a place to start from the first one starts', () => {
  const places = { a: [112.3, 28] as LngLat, b: [112.1, 28] as LngLat, c: [112.2, 28] as LngLat }
  expect(walkingOrder(['a', 'b', 'c'], at(places), undefined)).toEqual(['a', 'c', 'b'])
  expect(walkingOrder<string>([], at({}), undefined)).toEqual([])
})

test.each<[LngLat, string]>([[[112, 28.1], 'n'], [[112.1, 28], 'e'], [[112, 27.9], 's'], [[111.9, 28], 'w'], [[112.1, 28.09], 'ne'], [[111.9, 27.91], 'sw']])('%j lies %s', (to, want) => {
  expect(direction([112, 28], to)).toBe(want)
})
