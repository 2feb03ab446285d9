// A geometry while it is drawn: points, lines and areas alike are groups of paths, so that one set of handles does for all.
import type { Geometry, Position } from 'geojson'
import type { LngLat } from '@/lib/geodesy'

export type Kind = 'point' | 'line' | 'area'

/** groups → paths → positions. A point is one path of one position; an area's first path is its outline, the others are holes; rings do not repeat their first position. */
export interface Shape {
  kind: Kind
  groups: LngLat[][][]
}

/** Which position of which path. */
export interface Handle {
  group: number
  path: number
  at: number
}

export const emptyShape = (kind: Kind): Shape => ({ kind, groups: [] })
const pair = (p: Position): LngLat => [p[0]!, p[1]!]
const open = (ring: Position[]): LngLat[] => ring.slice(0, -1).map(pair)

export function shapeOf(geometry: Geometry): Shape {
  switch (geometry.type) {
    case 'Point': return { kind: 'point', groups: [[[pair(geometry.coordinates)]]] }
    case 'LineString': return { kind: 'line', groups: [[geometry.coordinates.map(pair)]] }
    case 'MultiLineString': return { kind: 'line', groups: geometry.coordinates.map((line) => [line.map(pair)]) }
    case 'Polygon': return { kind: 'area', groups: [geometry.coordinates.map(open)] }
    case 'MultiPolygon': return { kind: 'area', groups: geometry.coordinates.map((polygon) => polygon.map(open)) }
    default: throw new Error(`a ${geometry.type} cannot be drawn`)
  }
}

const LEAST: Record<Kind, number> = { point: 1, line: 2, area: 3 }

/** The geometry of a shape, as one of the types that a layer accepts; undefined as long as a path is too short. */
export function geometryOf({ kind, groups }: Shape, accepted: string[]): Geometry | undefined {
  if (groups.length === 0 || groups.some((paths) => paths.some((path) => path.length < LEAST[kind]))) return undefined
  if (kind === 'point') return { type: 'Point', coordinates: groups[0]![0]![0]! }
  if (kind === 'line') {
    const lines = groups.map((paths) => paths[0]!)
    return lines.length === 1 && accepted.includes('LineString') ? { type: 'LineString', coordinates: lines[0]! } : { type: 'MultiLineString', coordinates: lines }
  }
  const polygons = groups.map((paths) => paths.map((path) => [...path, path[0]!]))
  return polygons.length === 1 && accepted.includes('Polygon') ? { type: 'Polygon', coordinates: polygons[0]! } : { type: 'MultiPolygon', coordinates: polygons }
}

const KINDS: Record<string, Kind> = { Point: 'point', LineString: 'line', MultiLineString: 'line', Polygon: 'area', MultiPolygon: 'area' }

/** The kinds that can be drawn for a layer, in the order in which it declares them: the first is the usual one. */
export const kindsOf = (accepted: string[]): Kind[] => [...new Set(accepted.flatMap((type) => KINDS[type] ?? []))]

const onPath = (shape: Shape, { group, path }: Pick<Handle, 'group' | 'path'>, change: (path: LngLat[]) => LngLat[]): Shape =>
  ({ ...shape, groups: shape.groups.map((paths, g) => (g === group ? paths.map((p, i) => (i === path ? change(p) : p)) : paths)) })

export const moved = (shape: Shape, handle: Handle, to: LngLat) => onPath(shape, handle, (path) => path.map((p, i) => (i === handle.at ? to : p)))
/** Puts a position before that of the handle. */
export const inserted = (shape: Shape, handle: Handle, to: LngLat) => onPath(shape, handle, (path) => [...path.slice(0, handle.at), to, ...path.slice(handle.at)])

/** Adds a position at the end of the last path. */
export function appended(shape: Shape, to: LngLat): Shape {
  if (shape.kind === 'point' || shape.groups.length === 0) return { ...shape, groups: [[[to]]] }
  const group = shape.groups.length - 1
  return onPath(shape, { group, path: shape.groups[group]!.length - 1 }, (path) => [...path, to])
}

/** Takes a position away, unless the path would be too short. */
export function removed(shape: Shape, handle: Handle): Shape {
  const path = shape.groups[handle.group]?.[handle.path]
  return !path || path.length <= LEAST[shape.kind] ? shape : onPath(shape, handle, (p) => p.filter((_, i) => i !== handle.at))
}

/** Every position, and the middles between them where one can be put in. */
export function handlesOf(shape: Shape): { handle: Handle; to: LngLat; middle: boolean }[] {
  return shape.groups.flatMap((paths, group) => paths.flatMap((positions, path) => positions.flatMap((to, at) => {
    const next = positions[at + 1] ?? (shape.kind === 'area' && positions.length > 2 ? positions[0] : undefined)
    const own = { handle: { group, path, at }, to, middle: false }
    return next ? [own, { handle: { group, path, at: at + 1 }, to: [(to[0] + next[0]) / 2, (to[1] + next[1]) / 2] as LngLat, middle: true }] : [own]
  })))
}
