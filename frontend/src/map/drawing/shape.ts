// A geometry while it is drawn: points, lines and areas alike are groups of paths, so that one set of handles does for all.
import type { Geometry, Position } from 'geojson'
import type { LngLat } from '@/lib/geodesy'
import { contains } from '@/lib/polygon'

export type Kind = 'point' | 'line' | 'area'

/** groups → paths → positions. A point is one path of one position; an area's first path is its outline, the others are holes; rings do not repeat their first position. */
export interface Shape {
  kind: Kind
  groups: LngLat[][][]
  open?: Pick<Handle, 'group' | 'path'> // the path to which positions are being added
}

/** Which position of which path. */
export interface Handle {
  group: number
  path: number
  at: number
}

export const emptyShape = (kind: Kind): Shape => (kind === 'point' ? { kind, groups: [] } : { kind, groups: [], open: { group: 0, path: 0 } })
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

/** Without paths that are too short: a part goes with its outline. */
function whole({ kind, groups }: Shape): LngLat[][][] {
  return groups.flatMap(([outline, ...holes]) => (outline && outline.length >= LEAST[kind] ? [[outline, ...holes.filter((path) => path.length >= LEAST[kind])]] : []))
}

/** The shape when nothing more is added to it. */
export const closed = (shape: Shape): Shape => ({ kind: shape.kind, groups: whole(shape) })

/** Whether the path that is drawn is long enough to be closed. */
export const closable = ({ kind, groups, open: at }: Shape): boolean => at !== undefined && (groups[at.group]?.[at.path]?.length ?? 0) >= LEAST[kind]

/** Begins another part, to which positions are then added. */
export const newPart = (shape: Shape): Shape => {
  const { kind, groups } = closed(shape)
  return { kind, groups: [...groups, [[]]], open: { group: groups.length, path: 0 } }
}

/** Begins a hole in the part around a position; undefined where none is. */
export function newHole(shape: Shape, at: LngLat): Shape | undefined {
  const { kind, groups } = closed(shape)
  const group = groups.findIndex(([outline]) => contains([...outline!, outline![0]!], at))
  if (kind !== 'area' || group < 0) return undefined
  return { kind, groups: groups.map((paths, g) => (g === group ? [...paths, []] : paths)), open: { group, path: groups[group]!.length } }
}

/** The geometry of a shape, as one of the types that a layer accepts, without what is not finished; undefined when that leaves nothing. */
export function geometryOf(shape: Shape, accepted: string[]): Geometry | undefined {
  const [kind, groups] = [shape.kind, whole(shape)]
  if (groups.length === 0) return undefined
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

/** Adds a position to the path that is drawn. */
export function appended(shape: Shape, to: LngLat): Shape {
  if (shape.kind === 'point' || shape.groups.length === 0) return { ...shape, groups: [[[to]]] }
  return shape.open ? onPath(shape, shape.open, (path) => [...path, to]) : shape
}

/** Takes a position away; a hole or a further part that would be too short goes with it, the last path keeps what it needs. */
export function removed(shape: Shape, handle: Handle): Shape {
  const path = shape.groups[handle.group]?.[handle.path]
  if (!path) return shape
  const less = onPath(shape, handle, (p) => p.filter((_, i) => i !== handle.at))
  if (path.length > LEAST[shape.kind]) return less
  const rest = closed(less)
  return rest.groups.length > 0 ? rest : shape
}

/** Every position, and the middles between them where one can be put in. */
export function handlesOf(shape: Shape): { handle: Handle; to: LngLat; middle: boolean }[] {
  return shape.groups.flatMap((paths, group) => paths.flatMap((positions, path) => positions.flatMap((to, at) => {
    const next = positions[at + 1] ?? (shape.kind === 'area' && positions.length > 2 ? positions[0] : undefined)
    const own = { handle: { group, path, at }, to, middle: false }
    return next ? [own, { handle: { group, path, at: at + 1 }, to: [(to[0] + next[0]) / 2, (to[1] + next[1]) / 2] as LngLat, middle: true }] : [own]
  })))
}
