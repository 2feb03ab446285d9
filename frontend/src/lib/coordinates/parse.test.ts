import { describe, expect, test } from 'vitest'
import { parseCoordinates } from './parse'
import { sexagesimal } from './write'

const MINUTE = 1 / 60

describe('a pair is read as it is written', () => {
  test.each<[string, number, number]>([
    ['113.95, 22.53', 113.95, 22.53],
    ['22.53, 113.95', 113.95, 22.53],
    ['22.53 113.95', 113.95, 22.53],
    ['113.95，22.53', 113.95, 22.53],
    ['１１３．９５，２２．５３', 113.95, 22.53],
    ['113.95;22.53', 113.95, 22.53],
    ['113.95\t22.53', 113.95, 22.53],
    ['113.95\n22.53', 113.95, 22.53],
    [' [113.95,22.53] ', 113.95, 22.53],
    ['POINT(113.95 22.53)', 113.95, 22.53],
    ['113°57′E 22°32′N', 113 + 57 * MINUTE, 22 + 32 * MINUTE],
    ['22°32′N 113°57′E', 113 + 57 * MINUTE, 22 + 32 * MINUTE],
    ['N22°32′ E113°57′', 113 + 57 * MINUTE, 22 + 32 * MINUTE],
    ["113°57'30\"E, 22°32'10.5\"N", 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10.5 / 3600],
    ["113°57'30''E, 22°32'10.5''N", 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10.5 / 3600],
    ['113°57.5′ 22°32.25′', 113 + 57.5 * MINUTE, 22 + 32.25 * MINUTE],
    ['东经113度57分30秒，北纬22度32分10秒', 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10 / 3600],
    ['北纬22度32分10秒 东经113度57分30秒', 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10 / 3600],
    ['经度：113.95 纬度：22.53', 113.95, 22.53],
    ['纬度22.53，经度113.95', 113.95, 22.53],
    ['经度113.95E 纬度22.53N', 113.95, 22.53],
    ['lat=22.53, lng=113.95', 113.95, 22.53],
    ['Longitude: 113.95 Latitude: 22.53', 113.95, 22.53],
    ['113.95E 22.53N', 113.95, 22.53],
    ['113.95E, 22.53', 113.95, 22.53],
    ['22.53, 113.95E', 113.95, 22.53],
    ['E 113.95, 22.53', 113.95, 22.53],
    ['113:57:30, 22:32:10', 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10 / 3600],
    ['113 57 30 22 32 10', 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10 / 3600],
    ['113 57 30 E 22 32 10 N', 113 + 57 * MINUTE + 30 / 3600, 22 + 32 * MINUTE + 10 / 3600],
    ['113 57, 22 32', 113 + 57 * MINUTE, 22 + 32 * MINUTE],
    ['113.95° 22.53°', 113.95, 22.53],
    ['-70.5, -120.25', -120.25, -70.5],
    ['22.5S 43.2W', -43.2, -22.5],
    // both are longitudes for a map; what was said counts, and the server offers to exchange them
    ['纬度113.95，经度22.53', 22.53, 113.95],
  ])('%j', (text, lng, lat) => {
    const read = parseCoordinates(text)
    expect(read.kind, JSON.stringify(read)).toBe('place')
    if (read.kind !== 'place') return
    expect(read.at.lng).toBeCloseTo(lng, 8)
    expect(read.at.lat).toBeCloseTo(lat, 8)
  })

  test('two equal numbers have one order only', () => {
    expect(parseCoordinates('45, 45')).toEqual({ kind: 'place', at: { lng: 45, lat: 45 } })
  })

  test.each(['45, 60', '10 20', '-3.5, 4.25'])('%j could be either, and is asked', (text) => {
    expect(parseCoordinates(text).kind).toBe('either')
  })

  test.each([
    ['', 'empty'], ['  ', 'empty'], ['hello', 'form'], ['东经', 'form'], ['113.95', 'two'], ['113.95, 22.53, 4', 'two'], ['1 2 3 4 5', 'two'],
    ['113°60′E 22°32′N', 'minutes'], ["113°57'61\"E 22°32'N", 'minutes'], ['200, 300', 'range'], ['N22 N23', 'axis'], ['113.5°30′E 22°N', 'form'], ['-113E 22N', 'form'],
    ['113.95, 22.53 <script>', 'form'], ['1'.repeat(300), 'form'],
    // A number of a computer, not a hemisphere; and what a device writes that has no position.
    ['1e2 28', 'form'], ['1.13E2, 28', 'form'], ['1e+2 28', 'form'], ['0,0', 'zero'], ['0.000000 0.000000', 'zero'], ['E0 N0', 'zero'], ['０，０', 'zero'],
  ])('%j is none: %s', (text, fault) => {
    expect(parseCoordinates(text)).toEqual({ kind: 'wrong', fault })
  })
})

// A random number generator with a seed (mulberry32), so that what fails fails again.
function chance(seed: number) {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

test('whatever is written in any of the forms is read back', () => {
  const next = chance(7)
  for (let i = 0; i < 3000; i++) {
    const at = { lng: Number((73 + next() * 62).toFixed(6)), lat: Number((4 + next() * 49).toFixed(6)) }
    const exact = [`${at.lng},${at.lat}`, `${at.lat} ${at.lng}`, `E${at.lng} N${at.lat}`, `${at.lat}N，${at.lng}E`, `经度${at.lng}°，纬度${at.lat}°`, `lat ${at.lat} lon ${at.lng}`]
    const dms = sexagesimal(at)
    const rounded = [dms, dms.split(' ').reverse().join(', '), dms.replaceAll('°', '度').replaceAll('′', '分').replaceAll('″', '秒'), dms.replaceAll(/[EN]/g, '')]
    for (const [list, near] of [[exact, 1e-9], [rounded, 0.06 / 3600]] as const)
      for (const text of list) {
        const read = parseCoordinates(text)
        expect(read.kind, text).toBe('place')
        if (read.kind !== 'place') continue
        expect(Math.abs(read.at.lng - at.lng), text).toBeLessThan(near)
        expect(Math.abs(read.at.lat - at.lat), text).toBeLessThan(near)
      }
  }
})

test('no text throws, and a place that comes out is one', () => {
  const next = chance(11)
  const signs = [...'0123456789.,-+ °′″\'":;NSEWnsew东西南北经纬度分秒，。()[]\n\t/x<'] as const
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: Math.floor(next() * 24) }, () => signs[Math.floor(next() * signs.length)]).join('')
    const read = parseCoordinates(text)
    for (const at of read.kind === 'place' ? [read.at] : read.kind === 'either' ? [read.first, read.second] : []) {
      expect(Number.isFinite(at.lng) && Number.isFinite(at.lat), text).toBe(true)
      expect(Math.max(Math.abs(at.lng), Math.abs(at.lat)), text).toBeLessThanOrEqual(180)
    }
  }
})
