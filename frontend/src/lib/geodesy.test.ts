import { describe, expect, test } from 'vitest'
import { area, distance, length } from './geodesy'

describe('distance', () => {
  // Published example: Flinders Peak to Buninyong (GDA technical manual), on GRS 80, which agrees here to a millimetre.
  test('Flinders Peak to Buninyong', () => {
    const flinders: [number, number] = [144 + 25 / 60 + 29.52442 / 3600, -(37 + 57 / 60 + 3.7203 / 3600)]
    const buninyong: [number, number] = [143 + 55 / 60 + 35.3839 / 3600, -(37 + 39 / 60 + 10.15611 / 3600)]
    expect(distance(flinders, buninyong)).toBeCloseTo(54972.271, 2)
  })
  test('one degree of the equator', () => expect(distance([0, 0], [1, 0])).toBeCloseTo(111319.491, 2))
  test('one place', () => expect(distance([113, 28], [113, 28])).toBe(0))
  test('near antipodes stays finite', () => expect(distance([0, 0], [179.7, 0.3])).toBeGreaterThan(19_900_000))
})

test('length adds its parts', () => {
  expect(length([[0, 0], [1, 0], [2, 0]])).toBeCloseTo(2 * 111319.491, 1)
})

describe('area', () => {
  // A cell of one degree at the equator on the WGS 84 ellipsoid: 12,308.78 km² between parallels; the great-circle
  // north side adds a little.
  test('one degree at the equator', () => {
    const cell = area([[0, 0], [1, 0], [1, 1], [0, 1]]) / 1e6
    expect(cell).toBeGreaterThan(12_305)
    expect(cell).toBeLessThan(12_313)
  })
  test('winding does not matter', () => {
    const ring: [number, number][] = [[112, 28], [112.1, 28], [112.1, 28.1]]
    expect(area(ring)).toBeCloseTo(area([...ring].reverse()), 3)
  })
  test('too few corners', () => expect(area([[1, 1], [2, 2]])).toBe(0))
})
