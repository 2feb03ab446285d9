import type { Geometry, Position } from 'geojson'
import { anchorOf } from './box'

/** Where to write the name of an area: its centroid, or the widest place on that height when the centroid is outside. */
export function labelPoint(geometry: Geometry): [number, number] | undefined {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
  const rings = polygons.map((p) => p[0]).filter((r): r is Position[] => r !== undefined && r.length > 3)
  if (rings.length === 0) return anchorOf(geometry)
  const largest = rings.reduce((a, b) => (Math.abs(signedArea(a)) >= Math.abs(signedArea(b)) ? a : b))
  const [x, y] = centroid(largest)
  const spans = crossings(largest, y)
  const inside = spans.find(([from, to]) => from <= x && x <= to)
  if (inside) return [x, y]
  const widest = spans.reduce<[number, number] | undefined>((best, span) => (!best || span[1] - span[0] > best[1] - best[0] ? span : best), undefined)
  return widest ? [(widest[0] + widest[1]) / 2, y] : [x, y]
}

function signedArea(ring: Position[]): number {
  let sum = 0
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1]![0]! * ring[i]![1]! - ring[i]![0]! * ring[i - 1]![1]!
  return sum / 2
}

function centroid(ring: Position[]): [number, number] {
  const [ox, oy] = [ring[0]![0]!, ring[0]![1]!] // near the origin, so that small areas far from (0, 0) keep their digits
  let [x, y, sum] = [0, 0, 0]
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay, bx, by] = [ring[i - 1]![0]! - ox, ring[i - 1]![1]! - oy, ring[i]![0]! - ox, ring[i]![1]! - oy]
    const cross = ax * by - bx * ay
    x += (ax + bx) * cross
    y += (ay + by) * cross
    sum += cross
  }
  return sum === 0 ? [ox, oy] : [ox + x / (3 * sum), oy + y / (3 * sum)]
}

/** Whether a closed ring goes around a position. */
export const contains = (ring: Position[], [x, y]: [number, number]): boolean => crossings(ring, y).some(([from, to]) => from <= x && x <= to)

// The stretches of a horizontal line that are inside a ring.
function crossings(ring: Position[], y: number): [number, number][] {
  const xs: number[] = []
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay, bx, by] = [ring[i - 1]![0]!, ring[i - 1]![1]!, ring[i]![0]!, ring[i]![1]!]
    if (ay > y !== by > y) xs.push(ax + ((y - ay) / (by - ay)) * (bx - ax))
  }
  xs.sort((a, b) => a - b)
  const spans: [number, number][] = []
  for (let i = 1; i < xs.length; i += 2) spans.push([xs[i - 1]!, xs[i]!])
  return spans
}
