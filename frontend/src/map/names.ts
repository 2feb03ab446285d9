import type { FilterSpecification, Map } from 'maplibre-gl'
import { AREA_NAME, AREA_NAME_FORCED } from './style/areas'

/**
 * Writes every area's name. MapLibre lets a name either give way to symbols, and vanish where they are dense, or lie on
 * top of them. Here it gives way where it can: when the map is at rest, the names that found no place are written on
 * top. They take no room themselves, so the next placement finds the same ones missing and the map stays at rest.
 */
export function writeAllNames(map: Map) {
  map.on('idle', () => {
    if (!map.getLayer(AREA_NAME_FORCED)) return
    const placed = namesOf(map.queryRenderedFeatures({ layers: [AREA_NAME] }))
    const missing = [...namesOf(map.querySourceFeatures('area-names'))].filter((name) => !placed.has(name)).sort()
    const filter: FilterSpecification = missing.length ? ['in', ['get', 'name'], ['literal', missing]] : ['literal', false]
    if (JSON.stringify(map.getFilter(AREA_NAME_FORCED)) !== JSON.stringify(filter)) map.setFilter(AREA_NAME_FORCED, filter)
  })
}

const namesOf = (features: { properties: Record<string, unknown> }[]) => new Set(features.map((f) => String(f.properties.name)))
