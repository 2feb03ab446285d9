// Lines of command: from each unit that has a place to the one above it that has one.
import type { Feature as GeoFeature, FeatureCollection, LineString } from 'geojson'
import { parentField } from '@/api/declarations'
import type { Feature, Layer } from '@/api/types'
import { anchorOf } from '@/lib/box'

const CLOSE = { weight: 0.8, opacity: 0.34 } // the lowest links, of which there are many
const WIDE = { weight: 1.6, opacity: 0.75 } // links between units that have others below them

/** Lines between rows of a layer that is a tree; those above and below the selected row are strong. */
export function linksOf(layer: Layer, rows: Feature[], selected: string | undefined): FeatureCollection {
  const field = parentField(layer)
  if (!field) return { type: 'FeatureCollection', features: [] }
  const byId = new Map(rows.map((row) => [row.id, row]))
  const parentOf = (row: Feature) => byId.get(String(row.properties[field.name] ?? ''))
  const leading = new Set(rows.map((row) => String(row.properties[field.name] ?? '')))
  const chain = chainOf(selected, byId, parentOf)
  const features = rows.flatMap((row): GeoFeature<LineString>[] => {
    const above = parentOf(row)
    const from = row.geometry && anchorOf(row.geometry)
    const to = above?.geometry && anchorOf(above.geometry)
    if (!above || !from || !to) return []
    const strong = selected !== undefined && (chain.has(row.id) || above.id === selected)
    return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [from, to] }, properties: { strong, ...(leading.has(row.id) ? WIDE : CLOSE) } }]
  })
  return { type: 'FeatureCollection', features }
}

function chainOf(selected: string | undefined, byId: Map<string, Feature>, parentOf: (row: Feature) => Feature | undefined): Set<string> {
  const chain = new Set<string>()
  let row = selected === undefined ? undefined : byId.get(selected)
  while (row && !chain.has(row.id)) {
    chain.add(row.id)
    row = parentOf(row)
  }
  return chain
}
