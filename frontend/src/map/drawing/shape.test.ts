import type { Geometry } from 'geojson'
import { expect, test } from 'vitest'
import { appended, emptyShape, geometryOf, handlesOf, inserted, kindsOf, moved, removed, shapeOf } from './shape'

const ALL = ['Point', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']
const square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]

test.each<Geometry>([
  { type: 'Point', coordinates: [1, 2] },
  { type: 'LineString', coordinates: [[1, 2], [3, 4]] },
  { type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] },
  { type: 'Polygon', coordinates: [square, [[1, 1], [1, 2], [2, 2], [1, 1]]] },
  { type: 'MultiPolygon', coordinates: [[square], [[[9, 9], [10, 9], [10, 10], [9, 9]]]] },
])('$type comes back from its handles', (geometry) => {
  expect(geometryOf(shapeOf(geometry), ALL)).toEqual(geometry)
})

test('a single part takes the type that the layer accepts', () => {
  expect(geometryOf(shapeOf({ type: 'Polygon', coordinates: [square] }), ['MultiPolygon'])?.type).toBe('MultiPolygon')
  expect(kindsOf(['Point', 'Polygon'])).toEqual(['point', 'area'])
  expect(kindsOf(['Polygon', 'MultiPolygon', 'Point'])).toEqual(['area', 'point'])
})

test('an area is drawn, corrected and not spoilt', () => {
  let shape = emptyShape('area')
  for (const [x, y] of square.slice(0, 4)) shape = appended(shape, [x!, y!])
  expect(geometryOf(appended(emptyShape('area'), [0, 0]), ALL)).toBeUndefined()
  expect(geometryOf(shape, ALL)).toEqual({ type: 'Polygon', coordinates: [square] })
  expect(handlesOf(shape).filter((h) => h.middle).map((h) => h.to)).toEqual([[2, 0], [4, 2], [2, 4], [0, 2]])
  const last = handlesOf(shape).at(-1)! // the middle of the closing side
  expect(geometryOf(inserted(shape, last.handle, [-1, 2]), ALL)).toEqual({ type: 'Polygon', coordinates: [[...square.slice(0, 4), [-1, 2], [0, 0]]] })
  expect(geometryOf(moved(shape, { group: 0, path: 0, at: 0 }, [1, 1]), ALL)).toEqual({ type: 'Polygon', coordinates: [[[1, 1], [4, 0], [4, 4], [0, 4], [1, 1]]] })
  const triangle = removed(shape, { group: 0, path: 0, at: 0 })
  expect(geometryOf(triangle, ALL)).toEqual({ type: 'Polygon', coordinates: [[[4, 0], [4, 4], [0, 4], [4, 0]]] })
  expect(removed(triangle, { group: 0, path: 0, at: 0 })).toBe(triangle)
})
