// Protected zones and power lines: quiet, and only where a place is looked at closely.
import type { LayerSpecification } from 'maplibre-gl'
import { GROUND } from './ground'
import type { MapInput } from './input'
import { palette } from './palette'
import { FONT, units } from './units'

const kind = (...values: string[]) => ['in', ['get', 'kind'], ['literal', values]]
const polygon = ['==', ['geometry-type'], 'Polygon']
const WATER = ['drinking_water', 'river_management']

export function zoneLayers(input: MapInput): LayerSpecification[] {
  if (!input.base.some((l) => l.name === 'zone')) return []
  const c = palette(input.theme)
  const u = units(input)
  const shared = { source: GROUND, 'source-layer': 'zone' }
  const colour = ['case', kind(...WATER), c.label.water, c.label.soft]
  return [
    { id: 'zone-edge', type: 'line', ...shared, minzoom: u.zoom(11.5), filter: polygon, paint: { 'line-color': colour, 'line-width': u.px(1), 'line-dasharray': [1.5, 2.5], 'line-opacity': u.fade([11.5, 0], [12.5, 0.7]) } },
    { id: 'power-line', type: 'line', ...shared, minzoom: u.zoom(11), filter: kind('power_line'), paint: { 'line-color': c.label.soft, 'line-width': u.px(1.3), 'line-dasharray': [8, 2, 1, 2], 'line-opacity': u.fade([11, 0], [12, 0.8]) } },
  ] as unknown as LayerSpecification[]
}

export function zoneLabels(input: MapInput): LayerSpecification[] {
  if (!input.base.some((l) => l.name === 'zone')) return []
  const c = palette(input.theme)
  const u = units(input)
  const shared = { type: 'symbol', source: GROUND, 'source-layer': 'zone', minzoom: u.zoom(13) }
  const paint = { 'text-color': c.label.soft, 'text-halo-color': c.label.halo, 'text-halo-width': u.px(1.4) }
  return [
    { ...shared, id: 'power-line-name', filter: kind('power_line'), layout: { 'symbol-placement': 'line', 'symbol-spacing': u.px(420), 'text-field': u.name, 'text-font': FONT, 'text-size': u.px(11) }, paint },
    { ...shared, id: 'zone-name', filter: kind(...WATER), layout: { 'symbol-placement': 'line', 'symbol-spacing': u.px(520), 'text-field': u.name, 'text-font': FONT, 'text-size': u.px(11), 'text-offset': [0, 0.9] }, paint: { ...paint, 'text-color': c.label.water } },
  ] as unknown as LayerSpecification[]
}
