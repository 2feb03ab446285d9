import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map, MapMouseEvent } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import { area, length, type LngLat } from '@/lib/geodesy'
import { usePreferences } from '@/lib/preferences'
import { useScale } from '@/lib/scale'
import { palette } from '../style/palette'

export type Measuring = 'distance' | 'area'

const active = ref<Measuring>()
const points = ref<LngLat[]>([])
const done = ref(false)
const map = shallowRef<Map>()

const SOURCE = 'measure'

/** Measuring on the map: one at a time for the page. Results are metres and square metres on the ellipsoid. */
export function useMeasure() {
  return {
    active,
    points,
    length: computed(() => (active.value === 'area' ? length(closed(points.value)) : length(points.value))),
    surface: computed(() => area(points.value)),
    attach,
    detach,
    start(kind: Measuring) {
      active.value = kind
      clear()
    },
    stop,
    clear,
    undo() {
      done.value = false
      points.value = points.value.slice(0, -1)
    },
    finish() {
      done.value = true
    },
  }
}

const closed = (ring: LngLat[]): LngLat[] => (ring.length > 2 ? [...ring, ring[0]!] : ring)

function clear() {
  points.value = []
  done.value = false
}

function stop() {
  active.value = undefined
  clear()
}

function detach() {
  stop()
  map.value = undefined
}

function attach(made: Map) {
  map.value = made
  made.on('click', (event: MapMouseEvent) => {
    if (!active.value) return
    if (done.value) clear()
    points.value = [...points.value, [event.lngLat.lng, event.lngLat.lat]]
  })
  made.on('dblclick', (event: MapMouseEvent) => {
    if (!active.value) return
    event.preventDefault()
    points.value = points.value.slice(0, -1) // the double click's second click is no point of its own
    done.value = true
  })
  // A new style does not know of the measurement: it is put back on top.
  made.on('styledata', () => draw())
}

watch([active, points], () => draw(), { deep: true })
watch(active, (on) => {
  if (map.value) map.value.getCanvas().style.cursor = on ? 'crosshair' : ''
})

function shapeOf(): FeatureCollection {
  const line = active.value === 'area' ? closed(points.value) : points.value
  const features: FeatureCollection['features'] = points.value.map((at) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } }))
  if (line.length > 1) features.unshift({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } })
  if (active.value === 'area' && points.value.length > 2) features.unshift({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [line] } })
  return { type: 'FeatureCollection', features }
}

function draw() {
  const made = map.value
  if (!made?.style?._loaded) return
  const source = made.getSource<GeoJSONSource>(SOURCE)
  if (!active.value) {
    if (!source) return
    for (const id of ['measure-fill', 'measure-line', 'measure-point']) if (made.getLayer(id)) made.removeLayer(id)
    made.removeSource(SOURCE)
    return
  }
  if (source) {
    source.setData(shapeOf())
    return
  }
  const colour = palette(usePreferences().theme).measure
  const px = (size: number) => size * useScale().factor.value
  made.addSource(SOURCE, { type: 'geojson', data: shapeOf() })
  made.addLayer({ id: 'measure-fill', type: 'fill', source: SOURCE, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.14 } })
  made.addLayer({ id: 'measure-line', type: 'line', source: SOURCE, filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': colour, 'line-width': px(2.5), 'line-dasharray': [2, 1.6] } })
  made.addLayer({ id: 'measure-point', type: 'circle', source: SOURCE, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': px(4.5), 'circle-color': '#ffffff', 'circle-stroke-color': colour, 'circle-stroke-width': px(2.5) } })
}
