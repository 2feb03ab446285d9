import { expect, test } from 'vitest'
import { labelPoint } from './polygon'

test('a square is named in its middle', () => {
  expect(labelPoint({ type: 'Polygon', coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] })).toEqual([1, 1])
})

test('a horseshoe is named inside itself', () => {
  const ring = [[0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [3, 3], [3, 9], [0, 9], [0, 0]]
  const [x, y] = labelPoint({ type: 'Polygon', coordinates: [ring] })!
  expect(y).toBeGreaterThan(0)
  expect(x <= 3 || x >= 6).toBe(true)
})

test('the largest of several parts has the name', () => {
  const square = (x: number, s: number) => [[[x, 0], [x + s, 0], [x + s, s], [x, s], [x, 0]]]
  expect(labelPoint({ type: 'MultiPolygon', coordinates: [square(0, 1), square(10, 4)] })).toEqual([12, 2])
})
