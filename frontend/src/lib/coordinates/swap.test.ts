import { expect, test } from 'vitest'
import { exchanged } from './swap'

const district: [number, number, number, number] = [112.3, 27.8, 112.7, 28.2]

test.each<[string, { lng: number; lat: number }, boolean]>([
  ['the wrong way round', { lng: 28, lat: 112.5 }, true],
  ['as it should be', { lng: 112.5, lat: 28 }, false],
  ['outside, either way', { lng: 28, lat: 113.5 }, false],
  ['outside, and nowhere the other way', { lng: 120, lat: 30 }, false],
  ['shifted as other systems are', { lng: 28.205, lat: 112.5 }, true],
])('%s', (_, at, offered) => {
  expect(exchanged(at, district)).toEqual(offered ? { lng: at.lat, lat: at.lng } : undefined)
})

test('without an extent the earth and China decide', () => {
  expect(exchanged({ lng: 28, lat: 112.5 }, undefined)).toEqual({ lng: 112.5, lat: 28 })
  expect(exchanged({ lng: 112.5, lat: 28 }, undefined)).toBeUndefined()
})
