// Drawing on the page's map: one shape at a time. Own code, since drawing libraries know no areas of several parts or with
// holes, and the map's style is a function that would take their layers away.
import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import type { LngLat } from '@/lib/geodesy'
import { usePreferences } from '@/lib/preferences'
import { useScale } from '@/lib/scale'
import { drawingLayers, SOURCE } from './layers'
import { appended, closable, closed, emptyShape, handlesOf, inserted, kindsOf, moved, newHole, newPart, removed, shapeOf, type Handle, type Kind, type Shape } from './shape'
import type { Geometry } from 'geojson'

const shape = shallowRef<Shape>()
const starting = ref<'part' | 'hole'>() // the next position begins one
const several = ref(false) // whether the layer takes shapes of several parts
const adding = computed(() => starting.value !== undefined || shape.value?.open !== undefined) // clicks add positions
const chosen = ref<Handle>()
const past = shallowRef<Shape[]>([])
const future = shallowRef<Shape[]>([])
const keyboard = ref(false) // the map has the keyboard, and a cross in its middle
const neighbours = shallowRef<LngLat[]>([]) // positions that a drawn one snaps to
const map = shallowRef<Map>()
let covered: () => number = () => 0
let told: (shape: Shape) => void = () => undefined

const MOST = 200 // steps that can be undone
const REACH = 12 // px around a handle, for fingers
const SNAP = 10 // px

/** Drawing for tools and forms. Positions are WGS 84. */
export function useDrawing() {
  return {
    shape, adding, starting, chosen, keyboard, neighbours, attach, detach, undo, redo, finish, removeChosen, addAtCentre, addPart, addHole,
    active: computed(() => shape.value !== undefined),
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    mayPart: computed(() => several.value && drawn()),
    mayHole: computed(() => shape.value?.kind === 'area' && drawn()),
    /** Begins with a geometry, or with nothing of a kind; `changed` hears every change that is made on the map. `accepted`
     * are the types that may come of it. */
    begin(start: Geometry | Kind, accepted: string[], changed: (shape: Shape) => void) {
      told = changed
      clear()
      shape.value = typeof start === 'string' ? emptyShape(start) : shapeOf(start)
      several.value = kindsOf(accepted.filter((type) => type.startsWith('Multi'))).includes(shape.value.kind)
    },
    /** Shows a geometry that was made elsewhere. */
    show(geometry: Geometry) {
      if (!shape.value) return
      keep()
      shape.value = shapeOf(geometry)
      starting.value = undefined
    },
    end() {
      clear()
      shape.value = undefined
    },
  }
}

function clear() {
  past.value = []
  future.value = []
  chosen.value = starting.value = undefined
}

const drawn = () => !adding.value && (shape.value?.groups.length ?? 0) > 0

function addPart() {
  chosen.value = undefined
  starting.value = 'part'
}

function addHole() {
  chosen.value = undefined
  starting.value = 'hole'
}

function keep() {
  if (shape.value) past.value = [...past.value, shape.value].slice(-MOST)
  future.value = []
}

function change(next: Shape, step = true) {
  if (step) keep()
  shape.value = next
  told(next)
}

function undo() {
  const before = past.value.at(-1)
  if (!before || !shape.value) return
  future.value = [...future.value, shape.value]
  past.value = past.value.slice(0, -1)
  chosen.value = starting.value = undefined
  change(before, false)
}

function redo() {
  const next = future.value.at(-1)
  if (!next || !shape.value) return
  past.value = [...past.value, shape.value]
  future.value = future.value.slice(0, -1)
  change(next, false)
}

function finish() {
  starting.value = undefined
  if (shape.value?.open) change(closed(shape.value), false)
  if (shape.value?.groups.length === 0) shape.value = emptyShape(shape.value.kind)
}

function removeChosen() {
  if (!chosen.value || !shape.value) return
  const next = removed(shape.value, chosen.value)
  if (next !== shape.value) change(next)
  chosen.value = undefined
}

function add(to: LngLat) {
  if (!shape.value) return
  if (shape.value.kind === 'point') return change(appended(shape.value, to))
  const begun = starting.value === 'part' ? newPart(shape.value) : starting.value === 'hole' ? newHole(shape.value, to) : shape.value.open && shape.value
  if (!begun) return // a hole is inside of what it is a hole of
  starting.value = undefined
  change(appended(begun, to))
}

/** Adds a position in the middle of what is seen of the map. */
function addAtCentre() {
  const made = map.value
  if (!made) return
  const { clientWidth, clientHeight } = made.getContainer()
  const { lng, lat } = made.unproject([clientWidth / 2, (clientHeight - covered()) / 2])
  add([lng, lat])
}

function attach(made: Map, cover: () => number) {
  map.value = made
  covered = cover
  made.on('styledata', () => draw())
  made.on('click', clicked)
  made.on('dblclick', (event: MapMouseEvent) => {
    if (shape.value) event.preventDefault() // its second click has ended the path
  })
  made.on('mousedown', grab)
  made.on('touchstart', grab)
  const canvas = made.getCanvas()
  canvas.addEventListener('keydown', key)
  canvas.addEventListener('focus', () => (keyboard.value = canvas.matches(':focus-visible')))
  canvas.addEventListener('blur', () => (keyboard.value = false))
  draw()
}

function detach() {
  map.value = undefined
}

// The handle under the pointer; a position before a middle, since middles move away when it is dragged.
function under(event: MapMouseEvent | MapTouchEvent) {
  if (!shape.value || !map.value) return undefined
  const near = handlesOf(shape.value).filter((h) => !h.middle || !adding.value).map((h) => {
    const { x, y } = map.value!.project(h.to)
    return { ...h, away: Math.hypot(x - event.point.x, y - event.point.y) + (h.middle ? REACH / 3 : 0) }
  })
  return near.filter((h) => h.away <= REACH * useScale().factor.value).sort((a, b) => a.away - b.away)[0]
}

function snapped({ lngLat, point }: MapMouseEvent | MapTouchEvent): LngLat {
  let best: { to: LngLat; away: number } | undefined
  for (const to of neighbours.value) {
    if (Math.abs(to[0] - lngLat.lng) > 0.05 || Math.abs(to[1] - lngLat.lat) > 0.05) continue
    const { x, y } = map.value!.project(to)
    const away = Math.hypot(x - point.x, y - point.y)
    if (away <= SNAP && away < (best?.away ?? Infinity)) best = { to, away }
  }
  return best?.to ?? [lngLat.lng, lngLat.lat]
}

let dragged = false // a drag ends in a click, which means nothing

function clicked(event: MapMouseEvent) {
  if (!shape.value) return
  if (dragged) return void (dragged = false)
  const found = under(event)
  if (shape.value.kind === 'point') return add(snapped(event))
  if (adding.value) {
    // Clicking the first or the last position again ends the path.
    if (found && isEnd(shape.value, found.handle)) return closable(shape.value) ? finish() : undefined
    return add(snapped(event))
  }
  if (found && !found.middle) chosen.value = found.handle
  else chosen.value = undefined
}

function isEnd({ open, groups }: Shape, { group, path, at }: Handle): boolean {
  return open?.group === group && open.path === path && (at === 0 || at === groups[group]![path]!.length - 1)
}

function grab(event: MapMouseEvent | MapTouchEvent) {
  dragged = false
  if ('touches' in event.originalEvent && event.originalEvent.touches.length > 1) return
  const found = under(event)
  const made = map.value
  if (!found || !made || !shape.value || adding.value) return
  event.preventDefault() // the map stays where it is
  const { handle } = found
  const move = (now: MapMouseEvent | MapTouchEvent) => {
    if (!shape.value) return
    if (!dragged) {
      dragged = true
      keep()
      if (found.middle) shape.value = inserted(shape.value, handle, found.to)
      chosen.value = shape.value.kind === 'point' ? undefined : handle
    }
    change(moved(shape.value, handle, snapped(now)), false)
  }
  const drop = () => {
    made.off('mousemove', move)
    made.off('touchmove', move)
    if (!dragged && found.middle && shape.value) {
      change(inserted(shape.value, handle, found.to))
      chosen.value = handle
      dragged = true
    }
  }
  made.on('mousemove', move)
  made.on('touchmove', move)
  made.once('mouseup', drop)
  made.once('touchend', drop)
}

function key(event: KeyboardEvent) {
  if (!shape.value) return
  const command = event.ctrlKey || event.metaKey
  if (event.key === 'Enter') addAtCentre()
  else if (event.key === 'Backspace' || (command && event.key === 'z')) undo()
  else if (command && event.key === 'y') redo()
  else if (event.key === 'Delete') removeChosen()
  else return
  keyboard.value = true
  event.preventDefault()
  event.stopPropagation()
}

watch([shape, chosen, adding], () => draw())
watch(() => shape.value !== undefined, (on) => {
  if (map.value) map.value.getCanvas().style.cursor = on ? 'crosshair' : ''
})

function content(now: Shape): FeatureCollection {
  const features: FeatureCollection['features'] = []
  for (const paths of now.groups) {
    const rings = paths.filter((p) => p.length > 2).map((p) => [...p, p[0]!])
    if (now.kind === 'area' && paths[0]!.length > 2) features.push({ type: 'Feature', properties: { part: 'fill' }, geometry: { type: 'Polygon', coordinates: rings } })
    for (const path of now.kind === 'point' ? [] : paths) if (path.length > 1) features.push({ type: 'Feature', properties: { part: 'line' }, geometry: { type: 'LineString', coordinates: now.kind === 'area' && path.length > 2 ? [...path, path[0]!] : path } })
  }
  for (const { handle, to, middle } of handlesOf(now)) {
    if (middle && adding.value) continue
    const on = chosen.value?.group === handle.group && chosen.value.path === handle.path && chosen.value.at === handle.at
    features.push({ type: 'Feature', properties: { part: now.kind === 'point' ? 'point' : middle ? 'middle' : on ? 'chosen' : 'corner' }, geometry: { type: 'Point', coordinates: to } })
  }
  return { type: 'FeatureCollection', features }
}

function draw() {
  const made = map.value
  if (!made?.style?._loaded) return
  const source = made.getSource<GeoJSONSource>(SOURCE)
  const layers = drawingLayers(usePreferences().theme, useScale().factor.value)
  if (!shape.value) {
    if (!source) return
    for (const { id } of layers) if (made.getLayer(id)) made.removeLayer(id)
    made.removeSource(SOURCE)
  } else if (source) source.setData(content(shape.value))
  else {
    made.addSource(SOURCE, { type: 'geojson', data: content(shape.value) })
    for (const layer of layers) made.addLayer(layer)
  }
}
