// The one MapLibre map of a page: made once, then told what to show.
import { addProtocol, LngLatBounds, Map, setWorkerUrl, type MapMouseEvent } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'
import type { Box } from '@/api/types'
import type { Camera } from '@/lib/view/state'
import { mapFonts } from './fonts'
import { writeAllNames } from './names'
import type { MapInput } from './style/input'
import { GROUND } from './style/ground'
import { gravestSource } from './style/groups'
import { rowSource } from './style/rows'
import { buildStyle } from './style/style'
import { drawMissingImages } from './symbols/images'

/** What was clicked: a row, an area, or a place where nothing is. */
export interface Hit {
  at: { lng: number; lat: number }
  row: { layer: string; id: string } | undefined
  cell: boolean // several rows in one symbol
  areas: { code: string; level: string }[]
}

export interface Engine {
  map: Map
  show(input: MapInput): void
  refresh(layers: Set<string> | undefined): void
  fit(box: Box, animate?: boolean): void
  hit(event: MapMouseEvent): Hit
  failing(): boolean // some tiles could not be read and will be asked for again
  close(): void
}

export interface Options {
  container: HTMLElement
  input: MapInput
  camera: Camera | undefined
  box: Box | undefined
  covered: () => number // px at the bottom that something lies on
  title: string // what screen readers call the canvas
  keepPixels?: boolean // the canvas can be read and printed
}

let prepared = false

function prepare() {
  if (prepared) return
  prepared = true
  setWorkerUrl(workerUrl)
  addProtocol('pmtiles', new Protocol().tile)
}

const AGAIN = 5000 // ms

const EVERYWHERE: Box = [73, 18, 135, 54] // until there is a district: the extent of China's land

export function makeEngine(options: Options): Engine {
  prepare()
  const fonts = mapFonts()
  let input = options.input
  const map = new Map({
    container: options.container,
    style: buildStyle(input, fonts),
    ...(options.camera ? { center: [options.camera.lng, options.camera.lat], zoom: options.camera.zoom } : { bounds: options.box ?? EVERYWHERE, fitBoundsOptions: { padding: padding(options.container, options.covered()) } }),
    attributionControl: false,
    localIdeographFontFamily: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 20,
    fadeDuration: 0,
    maxCanvasSize: [8192, 8192],
    canvasContextAttributes: { preserveDrawingBuffer: options.keepPixels ?? false },
    pixelRatio: ratio(input.lowPower),
    renderWorldCopies: false,
    locale: { 'Map.Title': options.title },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  drawMissingImages(map, () => input.shown.map((shown) => shown.layer), () => input.factor)

  // As in areaLabels.
  writeAllNames(map, () => input.factor * Math.min(18, Math.max(12, 12 + 1.6 * (map.getZoom() - Math.log2(input.factor) - 9))))

  // Between a lost and a restored graphics context there is no style, and a new one takes a moment: what is to be shown
  // is then applied when there is one.
  let applied = input
  function apply() {
    if (input === applied || !map.style?._loaded) return
    if (input.lowPower !== applied.lowPower) map.setPixelRatio(ratio(input.lowPower))
    applied = input
    // New filters are a new source. (setTiles would spare a flicker, but while tiles are loading it can leave the rows of
    // the old filter under the address of the new one.)
    map.setStyle(buildStyle(input, fonts), { diff: true, validate: false })
  }
  map.on('style.load', apply)

  // A tile that is loading while it is refreshed would keep what it was loading: it is refreshed once it is there.
  const stale = new Set<string>()
  function refreshSource(source: string) {
    if (!map.getSource(source)) return
    if (map.isSourceLoaded(source)) map.refreshTiles(source)
    else stale.add(source)
  }
  map.on('sourcedata', ({ sourceId }) => {
    if (stale.has(sourceId) && map.getSource(sourceId) && map.isSourceLoaded(sourceId) && stale.delete(sourceId)) map.refreshTiles(sourceId)
  })

  // MapLibre leaves a tile that failed as it is: a source with such tiles is asked again once in a while.
  let retry: ReturnType<typeof setTimeout> | undefined
  const failed = new Set<string>()
  map.on('error', (event) => {
    const { sourceId } = event as { sourceId?: string }
    if (!sourceId) return
    failed.add(sourceId)
    retry ??= setTimeout(() => {
      retry = undefined
      const again = [...failed]
      failed.clear()
      if (map.style) again.forEach(refreshSource)
    }, AGAIN)
  })

  return {
    map,
    show(next) {
      input = next
      apply()
    },
    refresh(layers) {
      if (!map.style) return
      const base = input.base.map((l) => l.name)
      const sources = input.shown.map((s) => s.layer.name).filter((name) => layers?.has(name) ?? true).flatMap((name) => [rowSource(name), gravestSource(name)])
      if (layers === undefined || base.some((name) => layers.has(name))) sources.push(GROUND)
      sources.forEach(refreshSource)
    },
    fit(box, animate = true) {
      const camera = map.cameraForBounds(new LngLatBounds([box[0], box[1]], [box[2], box[3]]), { padding: padding(map.getContainer(), options.covered()), maxZoom: 16 })
      if (!camera) return
      if (!animate || input.lowPower) map.jumpTo(camera)
      else map.easeTo({ ...camera, duration: 600 })
    },
    hit: (event) => hitOf(map, input, event),
    failing: () => failed.size > 0,
    close() {
      clearTimeout(retry)
      map.remove()
    },
  }
}

// Some air around a scope, and on a narrow screen the height of the buttons above it and of the scale below. Never so
// much that nothing is left.
function padding({ clientWidth, clientHeight }: HTMLElement, covered: number) {
  const air = Math.max(12, Math.min(clientWidth, clientHeight) * 0.03)
  const narrow = clientWidth < NARROW
  return { top: narrow ? BUTTONS : air, left: air, right: narrow ? air : TOOLS * rem(), bottom: (narrow ? SCALE : air) + Math.min(covered, clientHeight * 0.6) }
}

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
const TOOLS = 4 // rem that the buttons take at the right
const NARROW = 560 // px
const BUTTONS = 64 // px that a row of buttons takes at the top
const SCALE = 44 // px that the scale takes at the bottom

const ratio = (lowPower: boolean) => (lowPower ? 0.66 : Math.min(2, window.devicePixelRatio || 1))

const GROUPS = ['gravest-cell', 'cell', 'cell-mark']
const REACH = 6 // px around a click, for fingers and small marks

function hitOf(map: Map, input: MapInput, event: MapMouseEvent): Hit {
  const { x, y } = event.point
  const names = input.shown.map((s) => s.layer.name)
  const wanted = (suffixes: string[]) => names.flatMap((n) => suffixes.map((s) => `${n}-${s}`)).filter((id) => map.getLayer(id))
  const box: [[number, number], [number, number]] = [[x - REACH, y - REACH], [x + REACH, y + REACH]]
  const found =
    map.queryRenderedFeatures([x, y], { layers: wanted(['gravest', 'lead', 'large', 'small', 'rest', ...GROUPS]) })[0] ??
    map.queryRenderedFeatures(box, { layers: wanted(['gravest', 'lead', 'large', 'small', 'rest', ...GROUPS, 'name']) })[0] ??
    map.queryRenderedFeatures(box, { layers: wanted(['line', 'fill']) })[0]
  const areas = map.getLayer('area-hit') ? map.queryRenderedFeatures([x, y], { layers: ['area-hit'] }) : []
  const id = found?.properties.id as string | undefined
  return {
    at: { lng: event.lngLat.lng, lat: event.lngLat.lat },
    row: found && id ? { layer: String(found.sourceLayer), id } : undefined,
    cell: Boolean(found && Number(found.properties.point_count) > 1),
    areas: areas.map((a) => ({ code: String(a.properties.code), level: String(a.properties.level) })),
  }
}
