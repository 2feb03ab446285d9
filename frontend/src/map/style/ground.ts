// Relief, land use, water, buildings and roads from our own tiles.
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { MapInput } from './input'
import { palette } from './palette'
import { absolute, units } from './units'

type Layers = LayerSpecification[]
const layers = (list: unknown[]) => list as Layers

/** The source of all base layers in one tile. */
export const GROUND = 'ground'

export function groundSources(input: MapInput): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {}
  const names = input.base.map((l) => l.name).join(',')
  if (names)
    sources[GROUND] = {
      type: 'vector', tiles: [absolute(`/tiles/${names}/{z}/{x}/{y}.mvt`)],
      minzoom: Math.min(...input.base.map((l) => l.min_zoom)), maxzoom: Math.min(...input.base.map((l) => l.max_zoom)),
    }
  if (input.relief && !input.lowPower)
    sources.relief = {
      type: 'raster-dem', tiles: input.relief.tiles.map(absolute), minzoom: input.relief.minzoom, maxzoom: input.relief.maxzoom,
      encoding: 'mapbox', tileSize: 256, ...(input.relief.bounds ? { bounds: input.relief.bounds } : {}),
    }
  return sources
}

export function reliefLayers(input: MapInput): Layers {
  if (!input.relief || input.lowPower) return []
  const colours = palette(input.theme)
  return layers([
    { id: 'relief-colour', type: 'color-relief', source: 'relief', paint: { 'color-relief-color': ['interpolate', ['linear'], ['elevation'], ...colours.relief.flat()], 'color-relief-opacity': 1 } },
    {
      id: 'relief-shade', type: 'hillshade', source: 'relief',
      paint: {
        'hillshade-shadow-color': colours.shade.shadow, 'hillshade-highlight-color': colours.shade.light, 'hillshade-accent-color': colours.shade.accent,
        'hillshade-exaggeration': colours.shade.strength, 'hillshade-illumination-direction': 325,
      },
    },
  ])
}

const has = (input: MapInput, name: string) => input.base.some((l) => l.name === name)
const polygon = ['==', ['geometry-type'], 'Polygon']
const line = ['==', ['geometry-type'], 'LineString']
const kind = (...values: string[]) => ['in', ['get', 'kind'], ['literal', values]]

export function landLayers(input: MapInput): Layers {
  const c = palette(input.theme)
  const u = units(input)
  const list: unknown[] = []
  if (has(input, 'landuse'))
    list.push({
      id: 'landuse', type: 'fill', source: GROUND, 'source-layer': 'landuse',
      paint: {
        'fill-color': ['match', ['get', 'kind'], ['forest', 'scrub', 'park', 'orchard', 'grass'], c.forest, ['farmland'], c.farmland, ['industrial', 'quarry', 'bare'], c.industrial, c.built],
        'fill-antialias': false, 'fill-opacity': u.fade([8, 0.5], [11, 1]),
      },
    })
  if (has(input, 'water'))
    list.push(
      { id: 'water', type: 'fill', source: GROUND, 'source-layer': 'water', filter: polygon, paint: { 'fill-color': c.water, 'fill-outline-color': c.river } },
      {
        id: 'river', type: 'line', source: GROUND, 'source-layer': 'water', filter: ['all', line, ['!', kind('stream', 'canal')]],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': c.river,
          'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], u.zoom(8), u.px(0.8), u.zoom(11), ['*', u.px(1), ['interpolate', ['linear'], ['coalesce', ['get', 'width_m'], 20], 10, 1.2, 60, 2.6, 200, 5]], u.zoom(15), ['*', u.px(1), ['interpolate', ['linear'], ['coalesce', ['get', 'width_m'], 20], 10, 4, 60, 12, 200, 34]]],
        },
      },
      { id: 'stream', type: 'line', source: GROUND, 'source-layer': 'water', minzoom: u.zoom(10), filter: ['all', line, kind('stream', 'canal')], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.river, 'line-opacity': u.fade([10, 0.35], [12.5, 0.9]), 'line-width': u.grow([10, 0.6], [15, 2.4]) } },
    )
  if (has(input, 'building'))
    list.push({ id: 'building', type: 'fill', source: GROUND, 'source-layer': 'building', minzoom: u.zoom(13.5), paint: { 'fill-color': c.building, 'fill-opacity': u.fade([13.5, 0], [14.5, 1]) } })
  return layers(list)
}

const cls = (...values: string[]) => ['in', ['get', 'class'], ['literal', values]]

export function roadLayers(input: MapInput): Layers {
  if (!has(input, 'road')) return []
  const c = palette(input.theme)
  const u = units(input)
  const classes = [
    { id: 'track', filter: cls('track', 'service'), colour: c.roads.track, from: 12.6, width: [[12.6, 0.5], [16, 2.2]], dash: [3, 2] },
    { id: 'minor', filter: cls('unclassified', 'residential'), colour: c.roads.minor, from: 11.6, width: [[11.6, 0.5], [14, 1.8], [17, 8]] },
    { id: 'tertiary', filter: cls('tertiary'), colour: c.roads.minor, from: 10.2, width: [[10.2, 0.6], [14, 2.6], [17, 10]] },
    { id: 'secondary', filter: cls('secondary'), colour: c.roads.minor, from: 9, width: [[9, 0.8], [11, 1.5], [14, 3.6], [17, 13]] },
    { id: 'main', filter: cls('trunk', 'primary'), colour: c.roads.main, from: 7, width: [[7, 0.8], [11, 2.1], [14, 4.6], [17, 16]] },
    { id: 'major', filter: cls('motorway'), colour: c.roads.major, from: 6, width: [[6, 0.9], [11, 2.8], [14, 5.6], [17, 19]] },
  ] as const
  const stops = (width: readonly (readonly [number, number])[], extra = 0) => u.grow(...width.map(([z, w]) => [z, w + extra] as [number, number]))
  const shared = (road: (typeof classes)[number]) => ({
    type: 'line', source: GROUND, 'source-layer': 'road', minzoom: u.zoom(road.from), filter: road.filter, layout: { 'line-cap': 'round', 'line-join': 'round' },
  })
  const casings = classes.filter((road) => road.id !== 'track').map((road) => ({
    ...shared(road), id: `road-${road.id}-casing`,
    paint: { 'line-color': road.id === 'major' ? c.roads.majorCasing : c.roads.casing, 'line-width': stops(road.width, 1.6), 'line-opacity': input.theme === 'dark' ? 0.75 : u.fade([10, 0.4], [13, 1]) },
  }))
  const fills = classes.map((road) => ({
    ...shared(road), id: `road-${road.id}`,
    paint: { 'line-color': road.colour, 'line-width': stops(road.width), ...('dash' in road ? { 'line-dasharray': road.dash } : {}), 'line-opacity': ['case', ['boolean', ['get', 'tunnel'], false], 0.45, 1] },
  }))
  return layers([...casings, ...fills])
}

export function groundLabels(input: MapInput, font: string[]): Layers {
  const c = palette(input.theme)
  const u = units(input)
  const halo = { 'text-halo-color': c.label.halo, 'text-halo-width': u.px(1.4) }
  const list: unknown[] = []
  if (has(input, 'water'))
    list.push(
      // A river is many rows: the wide padding keeps one name from being written on each of them.
      { id: 'river-name', type: 'symbol', source: GROUND, 'source-layer': 'water', minzoom: u.zoom(10), filter: line, layout: { 'symbol-placement': 'line', 'symbol-spacing': u.px(520), 'text-field': u.name, 'text-font': font, 'text-size': u.px(12), 'text-letter-spacing': 0.12, 'text-max-angle': 30, 'text-padding': u.px(70) }, paint: { 'text-color': c.label.water, ...halo } },
      { id: 'lake-name', type: 'symbol', source: GROUND, 'source-layer': 'water', minzoom: u.zoom(10.5), filter: polygon, layout: { 'text-field': u.name, 'text-font': font, 'text-size': u.px(12), 'text-max-width': 7 }, paint: { 'text-color': c.label.water, ...halo } },
    )
  if (has(input, 'road'))
    list.push(
      { id: 'road-ref', type: 'symbol', source: GROUND, 'source-layer': 'road', minzoom: u.zoom(9.5), filter: ['all', ['has', 'ref'], cls('motorway', 'trunk', 'primary')], layout: { 'symbol-placement': 'line', 'symbol-spacing': u.px(420), 'text-field': ['get', 'ref'], 'text-font': font, 'text-size': u.px(10.5), 'text-rotation-alignment': 'viewport', 'text-padding': u.px(6) }, paint: { 'text-color': c.label.road, 'text-halo-color': c.label.halo, 'text-halo-width': u.px(2) } },
      { id: 'road-name', type: 'symbol', source: GROUND, 'source-layer': 'road', minzoom: u.zoom(13), filter: ['!', cls('track', 'service')], layout: { 'symbol-placement': 'line', 'symbol-spacing': u.px(360), 'text-field': u.name, 'text-font': font, 'text-size': u.px(11) }, paint: { 'text-color': c.label.soft, ...halo } },
    )
  if (has(input, 'place'))
    list.push(
      { id: 'peak', type: 'symbol', source: GROUND, 'source-layer': 'place', minzoom: u.zoom(11), filter: kind('peak'), layout: { 'text-field': ['format', '▲\n', { 'font-scale': 0.7 }, u.name, {}], 'text-font': font, 'text-size': u.px(11) }, paint: { 'text-color': c.label.soft, ...halo, 'text-opacity': 0.85 } },
      { id: 'hamlet', type: 'symbol', source: GROUND, 'source-layer': 'place', minzoom: u.zoom(13.6), filter: kind('hamlet', 'locality'), layout: { 'text-field': u.name, 'text-font': font, 'text-size': u.px(11.5) }, paint: { 'text-color': c.label.soft, ...halo } },
      { id: 'village', type: 'symbol', source: GROUND, 'source-layer': 'place', minzoom: u.zoom(12.4), filter: kind('village', 'suburb'), layout: { 'text-field': u.name, 'text-font': font, 'text-size': u.grow([12.4, 12], [15, 15]), 'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.9 }, paint: { 'text-color': c.label.soft, ...halo } },
    )
  return layers(list)
}
