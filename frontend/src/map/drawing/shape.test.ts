import type { Geometry } from 'geojson'
import { expect, test } from 'vitest'
import { appended, closed, emptyShape, geometryOf, handlesOf, inserted, kindsOf, moved, newHole, newPart, removed, shapeOf, type Shape } from './shape'

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

const hole = [[1, 1], [1, 2], [2, 2], [1, 1]]
const far = [[9, 9], [10, 9], [10, 10], [9, 9]]
const path = (shape: Shape, ring: number[][]) => ring.slice(0, -1).reduce((made, [x, y]) => appended(made, [x!, y!]), shape)

test('a hole and another part are added to an area, and taken away corner by corner', () => {
  const start = shapeOf({ type: 'Polygon', coordinates: [square] })
  const holed = closed(path(newHole(start, [1, 1])!, hole))
  expect(geometryOf(holed, ALL)).toEqual({ type: 'Polygon', coordinates: [square, hole] })
  const both = closed(path(newPart(holed), far))
  expect(geometryOf(both, ALL)).toEqual({ type: 'MultiPolygon', coordinates: [[square, hole], [far]] })
  // The next hole goes into the part around it, which is not the last one.
  const second = closed(path(newHole(both, [3, 3])!, [[3, 3], [3, 3.5], [3.5, 3.5], [3, 3]]))
  expect(second.groups.map((paths) => paths.length)).toEqual([3, 1])
  // A path that would be too short goes as a whole, but for the last one.
  expect(geometryOf(removed(both, { group: 1, path: 0, at: 0 }), ALL)).toEqual({ type: 'Polygon', coordinates: [square, hole] })
  expect(geometryOf(removed(holed, { group: 0, path: 1, at: 2 }), ALL)).toEqual({ type: 'Polygon', coordinates: [square] })
  expect(newHole(start, [5, 5])).toBeUndefined()
})

test('what is not finished is no part of the geometry, and goes when it is closed', () => {
  const start = shapeOf({ type: 'Polygon', coordinates: [square] })
  for (const begun of [newPart(start), appended(newPart(start), [9, 9]), appended(appended(newHole(start, [1, 1])!, [1, 1]), [1, 2])]) {
    expect(geometryOf(begun, ALL)).toEqual({ type: 'Polygon', coordinates: [square] })
    expect(closed(begun)).toEqual(start)
    expect(() => handlesOf(begun)).not.toThrow()
  }
})

test('a line has parts too', () => {
  const line = shapeOf({ type: 'LineString', coordinates: [[0, 0], [1, 1]] })
  expect(geometryOf(appended(appended(newPart(line), [5, 5]), [6, 6]), ALL)).toEqual({ type: 'MultiLineString', coordinates: [[[0, 0], [1, 1]], [[5, 5], [6, 6]]] })
})
