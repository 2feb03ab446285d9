// Where a pair typed in another system lies on this map, so that a mark can be drawn before it is saved. What is stored
// is the server's own conversion (geo/gcj02.go, geo/bd09.go), which these formulas follow.
import type { Place } from './parse'

const AXIS = 6378245 // m, the ellipsoid of Krasovsky
const ECCENTRICITY = 0.00669342162296594323 // squared
const WAVE = (Math.PI * 3000) / 180

/** WGS 84 degrees of a pair in one of the systems in which people enter places; CGCS2000 agrees to centimetres. */
export function toWGS84(at: Place, system: 'WGS84' | 'CGCS2000' | 'GCJ02' | 'BD09'): Place {
  if (system === 'GCJ02') return inverse(at, shifted)
  if (system === 'BD09') return inverse(at, (w) => baidu(shifted(w)))
  return at
}

// Each step wins two digits, since the shift varies by about 1 % of the distance.
function inverse(at: Place, forward: (w: Place) => Place): Place {
  let w = at
  for (let i = 0; i < 8; i++) {
    const there = forward(w)
    w = { lng: w.lng - (there.lng - at.lng), lat: w.lat - (there.lat - at.lat) }
  }
  return w
}

/** GCJ-02 degrees of a WGS 84 place; outside China's rectangle they are the same. */
export function shifted(w: Place): Place {
  if (w.lng < 72.004 || w.lng > 137.8347 || w.lat < 0.8293 || w.lat > 55.8271) return w
  const [x, y] = [w.lng - 105, w.lat - 35]
  const { sin, sqrt, abs, PI, cos } = Math
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3
  const root = sqrt(abs(x))
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
  east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const lat = (w.lat * PI) / 180
  const k = 1 - ECCENTRICITY * sin(lat) * sin(lat)
  const meridian = (AXIS * (1 - ECCENTRICITY)) / (k * sqrt(k))
  const parallel = (AXIS / sqrt(k)) * cos(lat)
  return { lng: w.lng + (east * 180) / (parallel * PI), lat: w.lat + (north * 180) / (meridian * PI) }
}

/** BD-09 degrees of a GCJ-02 place. */
export function baidu(g: Place): Place {
  const z = Math.hypot(g.lng, g.lat) + 0.00002 * Math.sin(g.lat * WAVE)
  const theta = Math.atan2(g.lat, g.lng) + 0.000003 * Math.cos(g.lng * WAVE)
  return { lng: z * Math.cos(theta) + 0.0065, lat: z * Math.sin(theta) + 0.006 }
}
