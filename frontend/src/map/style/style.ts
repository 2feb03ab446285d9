import type { FeatureCollection } from 'geojson'
import type { FontFacesSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { areaSources, boundaryLayers, forcedAreaLabels } from './areas'
import { groundLabels, groundSources, landLayers, reliefLayers, roadLayers } from './ground'
import type { MapInput } from './input'
import { palette } from './palette'
import { extentLayers, linkLayers, rowSources, selectedLayers, symbolLayers } from './rows'
import { absolute, FONT } from './units'
import { zoneLabels, zoneLayers } from './zones'

const data = (value: FeatureCollection): SourceSpecification => ({ type: 'geojson', data: value })

/** The whole map as MapLibre draws it. Nothing else sets layers or sources, so a theme or language change is one new style. */
export function buildStyle(input: MapInput, fonts: FontFacesSpecification): StyleSpecification {
  const own = input.basemap === undefined
  const selected: FeatureCollection = { type: 'FeatureCollection', features: input.selected?.geometry ? [{ type: 'Feature', properties: {}, geometry: input.selected.geometry }] : [] }
  return {
    version: 8,
    'font-faces': fonts,
    sources: {
      ...groundSources(input), ...areaSources(input), ...rowSources(input), ...basemapSource(input),
      links: data(input.links), selected: data(selected),
    },
    layers: [
      { id: 'land', type: 'background', paint: { 'background-color': palette(input.theme).land } },
      ...(own ? [...reliefLayers(input), ...landLayers(input), ...zoneLayers(input), ...roadLayers(input)] : basemapLayers(input)),
      ...boundaryLayers(input),
      ...extentLayers(input),
      ...linkLayers(input),
      ...(own ? [...groundLabels(input, FONT), ...zoneLabels(input)] : []),
      ...selectedLayers(input),
      ...symbolLayers(input),
      ...forcedAreaLabels(input),
    ],
  }
}

function basemapSource({ basemap }: MapInput): Record<string, SourceSpecification> {
  if (!basemap) return {}
  const common = { minzoom: basemap.min_zoom, maxzoom: basemap.max_zoom, attribution: basemap.attribution }
  if (basemap.kind === 'raster') return { basemap: { type: 'raster', tiles: (basemap.tiles ?? []).map(absolute), tileSize: 256, ...common } }
  return { basemap: { type: 'vector', url: `pmtiles://${absolute(basemap.url ?? '')}`, attribution: basemap.attribution } }
}

// A foreign file says nothing of its layers' names, so a vector file is drawn in the OpenMapTiles and Protomaps words.
function basemapLayers({ basemap, theme }: MapInput): LayerSpecification[] {
  if (!basemap) return []
  if (basemap.kind === 'raster') return [{ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-saturation': -0.35, ...(theme === 'dark' ? { 'raster-brightness-max': 0.6, 'raster-contrast': 0.05 } : {}) } }]
  const c = palette(theme)
  const list: unknown[] = []
  const fill = (layer: string, colour: string) => list.push({ id: `basemap-${layer}`, type: 'fill', source: 'basemap', 'source-layer': layer, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour } })
  const lines = (layer: string, colour: string, width: number) => list.push({ id: `basemap-${layer}-line`, type: 'line', source: 'basemap', 'source-layer': layer, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 8, width * 0.5, 16, width * 5] } })
  for (const layer of ['landcover', 'landuse']) fill(layer, c.forest)
  fill('water', c.water)
  for (const layer of ['waterway', 'water']) lines(layer, c.river, 0.8)
  for (const layer of ['transportation', 'roads']) lines(layer, c.roads.minor, 1)
  for (const layer of ['building', 'buildings']) fill(layer, c.building)
  return list as LayerSpecification[]
}
