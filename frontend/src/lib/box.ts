import type { Geometry, Position } from 'geojson'

type Box = [west: number, south: number, east: number, north: number]

/** The bounding box of a geometry in its own coordinates; undefined when it is empty. */
export function boxOf(geometry: Geometry): Box | undefined {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  visit(geometry, ([x, y]) => {
    if (x === undefined || y === undefined) return
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  })
  return box[0] <= box[2] ? box : undefined
}

/** Somewhere to put a mark: the point itself, the middle of a line, the middle of a polygon's box. */
export function anchorOf(geometry: Geometry): [number, number] | undefined {
  if (geometry.type === 'Point') return [geometry.coordinates[0]!, geometry.coordinates[1]!]
  if (geometry.type === 'LineString') {
    const middle = geometry.coordinates[Math.floor(geometry.coordinates.length / 2)]
    return middle && [middle[0]!, middle[1]!]
  }
  const box = boxOf(geometry)
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
}

function visit(geometry: Geometry, see: (at: Position) => void) {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.forEach((g) => visit(g, see))
  const walk = (node: unknown): void => {
    if (!Array.isArray(node)) return
    if (typeof node[0] === 'number') see(node as Position)
    else node.forEach(walk)
  }
  walk(geometry.coordinates)
}
