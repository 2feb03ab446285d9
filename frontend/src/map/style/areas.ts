// Boundaries, the mask around the district, names of areas.
import type { Feature as GeoFeature, FeatureCollection, Polygon, Position } from 'geojson'
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { Feature } from '@/api/types'
import { labelPoint } from '@/lib/polygon'
import type { MapInput } from './input'
import { palette } from './palette'
import { FONT, units } from './units'
import { GROUND } from './ground'

const layers = (list: unknown[]) => list as LayerSpecification[]
const collection = (features: GeoFeature[]): FeatureCollection => ({ type: 'FeatureCollection', features })
const source = (data: FeatureCollection): SourceSpecification => ({ type: 'geojson', data })

const WORLD: Position[] = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]

/** The outer rings of an area; none when it has only a point, or no place. */
export function rings(area: Feature | undefined): Position[][] {
  const geometry = area?.geometry
  if (geometry?.type === 'Polygon') return geometry.coordinates.slice(0, 1)
  if (geometry?.type === 'MultiPolygon') return geometry.coordinates.map((polygon) => polygon[0]!)
  return []
}

/** Everything but an area. */
export function outside(area: Feature | undefined): FeatureCollection {
  const holes = rings(area)
  if (holes.length === 0) return collection([])
  const mask: GeoFeature<Polygon> = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [WORLD, ...holes] } }
  return collection([mask])
}

function outline(area: Feature | undefined): FeatureCollection {
  return collection(rings(area).map((ring) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ring } })))
}

function names(parts: Feature[]): FeatureCollection {
  return collection(
    parts.flatMap((part) => {
      const at = part.geometry && labelPoint(part.geometry)
      // Of an area without an outline the mark says where its centre is.
      const mark = (name: unknown) => (part.geometry?.type === 'Point' && name ? `◎ ${String(name)}` : name)
      return at ? [{ type: 'Feature' as const, properties: { name: mark(part.properties.name), name_en: mark(part.properties.name_en) }, geometry: { type: 'Point' as const, coordinates: at } }] : []
    }),
  )
}

export function areaSources(input: MapInput): Record<string, SourceSpecification> {
  return {
    outside: source(outside(input.district)),
    district: source(outline(input.district)),
    'outside-scope': source(outside(input.scope)),
    scope: source(outline(input.scope)),
    'area-names': source(names(input.scope?.geometry?.type === 'Point' ? [...input.parts, input.scope] : input.parts)),
  }
}

export function boundaryLayers(input: MapInput): LayerSpecification[] {
  const c = palette(input.theme)
  const u = units(input)
  const list: unknown[] = []
  const level = (name: string) => ['==', ['get', 'level'], name]
  if (input.base.some((l) => l.name === 'area'))
    list.push(
      // Invisible, to be clicked: areas are entered by a click on them.
      { id: 'area-hit', type: 'fill', source: GROUND, 'source-layer': 'area', paint: { 'fill-color': c.scope, 'fill-opacity': 0 } },
      { id: 'village-border', type: 'line', source: GROUND, 'source-layer': 'area', minzoom: u.zoom(10.8), filter: level('village'), paint: { 'line-color': c.village, 'line-width': u.px(0.8), 'line-dasharray': [2, 2.5], 'line-opacity': u.fade([10.8, 0], [11.8, 0.75]) } },
      { id: 'township-border', type: 'line', source: GROUND, 'source-layer': 'area', minzoom: u.zoom(8), filter: level('township'), layout: { 'line-join': 'round' }, paint: { 'line-color': c.township, 'line-width': u.grow([8, 0.8], [12, 1.5]), 'line-dasharray': [5, 2.5], 'line-opacity': 0.85 } },
    )
  list.push(
    { id: 'outside', type: 'fill', source: 'outside', paint: { 'fill-color': c.outside, 'fill-antialias': false } },
    { id: 'outside-scope', type: 'fill', source: 'outside-scope', paint: { 'fill-color': c.outside, 'fill-opacity': 0.55, 'fill-antialias': false } },
  )
  if (!input.lowPower) list.push({ id: 'district-glow', type: 'line', source: 'district', layout: { 'line-join': 'round' }, paint: { 'line-color': c.glow, 'line-width': u.px(9), 'line-blur': u.px(8), 'line-opacity': 0.5 } })
  list.push(
    { id: 'district', type: 'line', source: 'district', layout: { 'line-join': 'round' }, paint: { 'line-color': c.district, 'line-width': u.px(2) } },
    { id: 'scope', type: 'line', source: 'scope', layout: { 'line-join': 'round' }, paint: { 'line-color': c.scope, 'line-width': u.px(2.2) } },
  )
  return layers(list)
}

/** Names that found a place among the symbols, and those that did not (see names.ts). */
export const AREA_NAME = 'area-name'
export const AREA_NAME_FORCED = 'area-name-forced'

/** The names of areas that found no free place, written on top of everything. Which they are is set later. */
export function forcedAreaLabels(input: MapInput): LayerSpecification[] {
  return areaLabels(input).map((layer) => {
    const layout: Record<string, unknown> = { ...layer.layout }
    delete layout['text-variable-anchor-offset']
    return { ...layer, id: AREA_NAME_FORCED, filter: ['literal', false], layout: { ...layout, 'text-allow-overlap': true, 'text-ignore-placement': true } } as unknown as LayerSpecification
  })
}

/** Names of the areas below the scope, where symbols leave room. */
export function areaLabels(input: MapInput): LayerSpecification[] {
  const c = palette(input.theme)
  const u = units(input)
  const inTownship = input.scope?.properties.level === 'township'
  const places = input.base.some((l) => l.name === 'place')
  // Anchors around the point at a distance in ems.
  const around = (d: number) => ['top', [0, d], 'bottom', [0, -d], 'left', [d, 0], 'right', [-d, 0], 'top-left', [d, d], 'top-right', [-d, d], 'bottom-left', [d, -d], 'bottom-right', [-d, -d]]
  return layers([
    {
      id: AREA_NAME, type: 'symbol', source: 'area-names', ...(places ? { maxzoom: u.zoom(inTownship ? 14 : 12.8) } : {}),
      layout: {
        'text-field': u.name, 'text-font': FONT, 'text-size': inTownship ? u.px(13.5) : u.grow([9, 12], [11, 15.5], [13, 18]), 'text-max-width': 8, 'text-padding': u.px(3),
        'text-variable-anchor-offset': ['center', [0, 0], ...around(0.8), ...around(1.8)],
      },
      paint: { 'text-color': c.label.strong, 'text-halo-color': c.label.halo, 'text-halo-width': u.px(1.8) },
    },
  ])
}
