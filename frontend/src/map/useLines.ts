import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map } from 'maplibre-gl'
import { onBeforeUnmount, watch, type Ref } from 'vue'
import { useEngine } from './current'

const SOURCE = 'lines'

/** Draws lines over the page's map as long as the component lives; `token` is the design token of their colour. */
export function useLines(lines: Ref<FeatureCollection>, token: string) {
  const engine = useEngine()
  let map: Map | undefined

  function draw() {
    if (!map?.style?._loaded) return
    const source = map.getSource<GeoJSONSource>(SOURCE)
    if (source) source.setData(lines.value)
    else if (lines.value.features.length) {
      map.addSource(SOURCE, { type: 'geojson', data: lines.value })
      const colour = getComputedStyle(document.documentElement).getPropertyValue(token).trim()
      map.addLayer({ id: SOURCE, type: 'line', source: SOURCE, layout: { 'line-cap': 'round' }, paint: { 'line-color': colour, 'line-width': 2.5, 'line-dasharray': [1.5, 1.5] } })
    }
  }
  function leave() {
    map?.off('styledata', back)
    if (!map?.style?._loaded) return
    if (map.getLayer(SOURCE)) map.removeLayer(SOURCE)
    if (map.getSource(SOURCE)) map.removeSource(SOURCE)
  }
  // A new style does not know of the lines.
  const back = () => {
    if (map?.style?._loaded && !map.getSource(SOURCE)) draw()
  }
  watch(engine, (now) => {
    leave()
    map = now?.map
    map?.on('styledata', back)
    draw()
  }, { immediate: true })
  watch(lines, draw)
  onBeforeUnmount(leave)
}
