import { expect, test } from 'vitest'
import { baidu, shifted, toWGS84 } from './systems'

// Pairs of the server's own tests (geo/convert_test.go).
test('agrees with the server', () => {
  const g = shifted({ lng: 116.377817, lat: 39.911954 })
  expect([g.lng, g.lat]).toEqual([expect.closeTo(116.38404722455657, 8), expect.closeTo(39.91334545536069, 8)])
  const b = baidu({ lng: 116.404, lat: 39.915 })
  expect([b.lng, b.lat]).toEqual([expect.closeTo(116.41036949371, 8), expect.closeTo(39.92133699351, 8)])
})

test('a pair in GCJ-02 or BD-09 comes back to where it was', () => {
  const w = { lng: 116.39748, lat: 39.908823 }
  const g = shifted(w)
  const b = baidu(g)
  expect(Math.hypot(g.lng - w.lng, g.lat - w.lat)).toBeGreaterThan(0.004)
  expect(Math.hypot(b.lng - g.lng, b.lat - g.lat)).toBeGreaterThan(0.004)
  for (const [at, system] of [[g, 'GCJ02'], [b, 'BD09'], [w, 'WGS84'], [w, 'CGCS2000']] as const) {
    const back = toWGS84(at, system)
    expect(back.lng).toBeCloseTo(w.lng, 9)
    expect(back.lat).toBeCloseTo(w.lat, 9)
  }
})
