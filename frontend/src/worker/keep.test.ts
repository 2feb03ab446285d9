import { describe, expect, test } from 'vitest'
import { keyOf, tilesOf, tileWithin, treatment } from './keep'

const at = (path: string) => new URL(path, 'https://maps.example')

describe('what is kept', () => {
  test.each([
    ['/api/me', 'data'], ['/api/session', 'data'], ['/api/installation', 'data'], ['/api/layers', 'data'], ['/api/due?area=990101', 'data'], ['/api/layers/risk_point/features?area=99', 'data'],
    ['/tiles/relief.json', 'data'], ['/tiles/road,water/12/3300/1700.mvt', 'tile'], ['/tiles/relief/12/3300/1700.png', 'tile'],
    ['/assets/app-1234.js', 'asset'], ['/icon-192.png', 'file'], ['/manifest.webmanifest', 'file'],
    // phones and whatever else is sensitive, streams, files
    ['/api/layers/risk_point/features/0195', 'pass'], ['/api/layers/risk_point/features/0195/history', 'pass'], ['/api/people', 'pass'], ['/api/events', 'pass'], ['/api/session/oidc', 'pass'],
    ['/api/layers/risk_point/features/0195/files', 'pass'], ['/api/layers/risk_point/export', 'pass'], ['/metrics', 'pass'], ['/basemaps/county.pmtiles', 'pass'],
  ])('%s: %s', (path, want) => expect(treatment(at(path), false)).toBe(want))
  test.each([['/field', 'page'], ['/', 'page'], ['/risk?area=99', 'page'], ['/api/session/oidc/return?code=1', 'pass'], ['/api/me', 'pass'], ['/ca.crt', 'pass']])('a visit of %s: %s', (path, want) => expect(treatment(at(path), true)).toBe(want))
})

test('where one stands is no part of what is kept, and parameters have no order', () => {
  expect(keyOf(at('/api/due?from=112,28&area=99&layers=a'))).toBe('/api/due?area=99&layers=a')
  expect(keyOf(at('/api/due?layers=a&area=99'))).toBe('/api/due?area=99&layers=a')
})

describe('tiles', () => {
  const box = [112.1, 28.1, 112.3, 28.3] as const
  test('of my area are kept, to a depth', () => {
    for (const { z, x, y } of tilesOf(box, 8, 15, 10_000)) expect(tileWithin(at(`/tiles/a/${z}/${x}/${y}.mvt`), box), `${z}/${x}/${y}`).toBe(true)
    const { x, y } = tilesOf(box, 15, 15, 10_000)[0]!
    expect(tileWithin(at(`/tiles/a/16/${x * 2}/${y * 2}.mvt`), box)).toBe(false)
    expect(tileWithin(at(`/tiles/a/15/${x - 1}/${y}.mvt`), box)).toBe(false)
    expect(tileWithin(at(`/tiles/a/15/${x}/${y}.mvt`), undefined)).toBe(false)
  })
  test('are never more than asked for, the coarse ones first', () => {
    const some = tilesOf(box, 8, 15, 20)
    expect(some.length).toBe(20)
    expect(some[0]!.z).toBe(8)
  })
  test('cover a box that lies on an edge of the world', () => expect(tilesOf([-180, -85, 180, 85], 1, 1, 100).length).toBe(4))
})
