import type { FilterSpecification, Map } from 'maplibre-gl'
import { AREA_NAME, AREA_NAME_FORCED } from './style/areas'

interface Named {
  name: string
  at: { x: number; y: number } // px of the screen
}

/**
 * Writes every area's name for which there is room among the names. MapLibre lets a name either give way to symbols, and
 * vanish where they are dense, or lie on top of them. Here it gives way where it can: when the map is at rest, the names
 * that found no place are written on top. They take no room themselves, so the next placement finds the same ones
 * missing and the map stays at rest. `em` is the size of the names in px.
 */
export function writeAllNames(map: Map, em: () => number) {
  map.on('idle', () => {
    if (!map.getLayer(AREA_NAME_FORCED)) return
    const all = unique(map.querySourceFeatures('area-names').flatMap(({ properties, geometry }) => (geometry.type === 'Point' ? [{ name: text(map, properties), key: String(properties.name), at: map.project(geometry.coordinates as [number, number]) }] : [])))
    const placed = new Set(map.queryRenderedFeatures({ layers: [AREA_NAME] }).map((f) => String(f.properties.name)))
    const free = apart(all.filter((n) => !placed.has(n.key)), all.filter((n) => placed.has(n.key)), em()).map((n) => n.key).sort()
    const filter: FilterSpecification = free.length ? ['in', ['get', 'name'], ['literal', free]] : ['literal', false]
    if (JSON.stringify(map.getFilter(AREA_NAME_FORCED)) !== JSON.stringify(filter)) map.setFilter(AREA_NAME_FORCED, filter)
  })
}

// What is written of an area: in English its English name if it has one.
function text(map: Map, properties: Record<string, unknown>): string {
  const english = JSON.stringify(map.getLayoutProperty(AREA_NAME, 'text-field')).includes('name_en')
  return String((english && properties.name_en) || properties.name)
}

function unique<T extends { key: string }>(list: T[]): T[] {
  return [...new globalThis.Map(list.map((n) => [n.key, n])).values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Those names, in turn, that lie on none of the taken ones nor on each other. `em` is the size of letters in px. */
export function apart<T extends Named>(names: T[], taken: Named[], em: number): T[] {
  const boxes = taken.map((n) => boxOf(n, em))
  return names.filter((n) => {
    const [x, y, w, h] = boxOf(n, em)
    if (boxes.some(([ox, oy, ow, oh]) => Math.abs(x - ox) < (w + ow) / 2 && Math.abs(y - oy) < (h + oh) / 2)) return false
    boxes.push([x, y, w, h])
    return true
  })
}

const MOST = 8 // em in a line

// Middle, width and height of a written name.
function boxOf({ name, at }: Named, em: number): [number, number, number, number] {
  const width = [...name].reduce((sum, c) => sum + (c.codePointAt(0)! < 0x2e80 ? 0.6 : 1), 0)
  const lines = Math.ceil(width / MOST)
  return [at.x, at.y, (width / lines) * em, lines * 1.3 * em]
}
