// Lengths and areas on the ground. Coordinates are WGS 84 longitude and latitude in degrees (EPSG:4326).

export type LngLat = [number, number]

const A = 6378137 // semi-major axis, metres
const F = 1 / 298.257223563
const B = A * (1 - F)
const AUTHALIC_RADIUS = 6371007.1809 // sphere of the same surface, metres
const rad = Math.PI / 180

/** Metres along the geodesic between two places (Vincenty; on a sphere where that does not converge, near antipodes). */
export function distance(from: LngLat, to: LngLat): number {
  const L = (to[0] - from[0]) * rad
  const U1 = Math.atan((1 - F) * Math.tan(from[1] * rad))
  const U2 = Math.atan((1 - F) * Math.tan(to[1] * rad))
  const [s1, c1, s2, c2] = [Math.sin(U1), Math.cos(U1), Math.sin(U2), Math.cos(U2)]
  let lambda = L
  for (let turn = 0; turn < 60; turn++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)]
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl)
    if (sinSigma === 0) return 0
    const cosSigma = s1 * s2 + c1 * c2 * cl
    const sigma = Math.atan2(sinSigma, cosSigma)
    const sinAlpha = (c1 * c2 * sl) / sinSigma
    const cos2Alpha = 1 - sinAlpha * sinAlpha
    const cos2m = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha
    const C = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha))
    const before = lambda
    lambda = L + (1 - C) * F * sinAlpha * (sigma + C * sinSigma * (cos2m + C * cosSigma * (2 * cos2m * cos2m - 1)))
    if (Math.abs(lambda - before) > 1e-12) continue
    const u2 = (cos2Alpha * (A * A - B * B)) / (B * B)
    const k1 = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    const k2 = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    const delta =
      k2 * sinSigma *
      (cos2m + (k2 / 4) * (cosSigma * (2 * cos2m * cos2m - 1) - (k2 / 6) * cos2m * (4 * sinSigma * sinSigma - 3) * (4 * cos2m * cos2m - 3)))
    return B * k1 * (sigma - delta)
  }
  return sphereDistance(from, to)
}

function sphereDistance(from: LngLat, to: LngLat): number {
  const h =
    Math.sin(((to[1] - from[1]) * rad) / 2) ** 2 +
    Math.cos(from[1] * rad) * Math.cos(to[1] * rad) * Math.sin(((to[0] - from[0]) * rad) / 2) ** 2
  return 2 * AUTHALIC_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Metres along a line. */
export function length(line: LngLat[]): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1]!, line[i]!)
  return sum
}

// Latitude on the sphere of the same surface, so that areas there are those of the ellipsoid.
function authalic(latitude: number): number {
  const e2 = F * (2 - F)
  const e = Math.sqrt(e2)
  const q = (s: number) => (1 - e2) * (s / (1 - e2 * s * s) - (1 / (2 * e)) * Math.log((1 - e * s) / (1 + e * s)))
  return Math.asin(Math.max(-1, Math.min(1, q(Math.sin(latitude * rad)) / q(1))))
}

/** Square metres inside a ring, which need not be closed; zero for fewer than three corners. */
export function area(ring: LngLat[]): number {
  if (ring.length < 3) return 0
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!
    const b = ring[(i + 1) % ring.length]!
    const dLon = (((b[0] - a[0] + 540) % 360) - 180) * rad
    const t = Math.tan(authalic(a[1]) / 2) * Math.tan(authalic(b[1]) / 2)
    const u = Math.tan(authalic(a[1]) / 2) + Math.tan(authalic(b[1]) / 2)
    sum += 2 * Math.atan2(Math.tan(dLon / 2) * u, 1 + t)
  }
  return Math.abs(sum) * AUTHALIC_RADIUS * AUTHALIC_RADIUS
}
