// The rows of the four maps: areas, lines, small and large symbols, names. All of it follows from the declarations.
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { Option } from '@/api/types'
import { address } from '@/api/client'
import { levelField, parentField, symbolField } from '@/api/declarations'
import { sorted } from '@/api/selection'
import { imageExpression } from '../symbols/images'
import { ageMarks, faded } from './age'
import { areaLabels } from './areas'
import { gravestLayers, gravestSources, groupMarks, groups, single } from './groups'
import type { MapInput, Shown } from './input'
import { palette } from './palette'
import { absolute, FONT, units } from './units'

const layers = (list: unknown[]) => list as LayerSpecification[]

/** The name of a layer's tile source in the style. */
export const rowSource = (layer: string) => `rows-${layer}`

/** Tile addresses of a layer's rows under a selection: the same parameters that the list uses. */
const rowTiles = ({ layer, selection }: Shown) => [absolute(address(`/tiles/${layer.name}/{z}/{x}/{y}.mvt`, sorted(selection)))]

export function rowSources(input: MapInput): Record<string, SourceSpecification> {
  const own = ({ layer, ...rest }: Shown): SourceSpecification => ({ type: 'vector', tiles: rowTiles({ layer, ...rest }), minzoom: layer.min_zoom, maxzoom: layer.max_zoom })
  return Object.assign({}, ...input.shown.map((shown) => ({ [rowSource(shown.layer.name)]: own(shown), ...gravestSources(shown, rowTiles) })))
}

const geometry = (type: string) => ['==', ['geometry-type'], type]

// Choices are declared in order of weight: the gravest level, or the first kind, is placed first and drawn on top.
function rank({ layer }: Shown): unknown {
  const field = levelField(layer) ?? symbolField(layer)
  return field?.choices.length ? ['match', ['get', field.name], ...field.choices.flatMap((o, i) => [o.value, i]), field.choices.length] : 0
}

// In a tree the lowest kind is by far the most frequent: it stays small for longer, so that who leads stands out.
function largeImage({ layer }: Shown, input: MapInput): unknown {
  const image = imageExpression(layer, input.theme, 'large')
  const lowest = parentField(layer) && symbolField(layer)?.choices.at(-1)?.value
  return lowest ? ['step', ['zoom'], ['case', ['==', ['get', layer.symbol_field], lowest], '', image], units(input).zoom(11.6), image] : image
}

function colourOf(shown: Shown, input: MapInput): unknown {
  const plate = palette(input.theme).plate[shown.layer.map]
  const levels = levelField(shown.layer)?.choices.filter((o) => o.colour)
  return levels?.length ? ['match', ['get', shown.layer.level_field], ...levels.flatMap((o) => [o.value, o.colour]), plate.edge] : plate.edge
}

/** From which zoom symbols show their kind, and names are written. */
export const thresholds = (input: Pick<MapInput, 'dense'>) => ({ large: input.dense ? 11.9 : 10.1, name: input.dense ? 13.2 : 12.4 })

/** Outlines of rows that are areas or lines. */
export function extentLayers(input: MapInput): LayerSpecification[] {
  const u = units(input)
  return layers(
    input.shown.flatMap((shown) => {
      const own = { source: rowSource(shown.layer.name), 'source-layer': shown.layer.name }
      const colour = colourOf(shown, input)
      return [
        { id: `${shown.layer.name}-fill`, type: 'fill', ...own, filter: geometry('Polygon'), paint: { 'fill-color': colour, 'fill-opacity': faded(shown, input, 0.2) } },
        { id: `${shown.layer.name}-edge`, type: 'line', ...own, filter: geometry('Polygon'), layout: { 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': u.px(1.6), 'line-dasharray': [3, 2], 'line-opacity': faded(shown, input) } },
        { id: `${shown.layer.name}-line-casing`, type: 'line', ...own, filter: geometry('LineString'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': palette(input.theme).levelEdge, 'line-width': u.grow([9, 3], [14, 7.5]), 'line-opacity': 0.8 } },
        { id: `${shown.layer.name}-line`, type: 'line', ...own, filter: geometry('LineString'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': u.grow([9, 1.6], [14, 4.5]), 'line-opacity': faded(shown, input) } },
      ]
    }),
  )
}

// Every row has a small mark. Below the zoom of large symbols it is all that there is: names then keep clear of levels.
// From there on it lies under the large one, and stays where that one has no room.
function smallSymbols(shown: Shown, input: MapInput, alone: boolean): unknown {
  const u = units(input)
  const level = levelField(shown.layer) !== undefined
  const from = u.zoom(thresholds(input).large)
  return {
    id: `${shown.layer.name}-${alone ? 'small' : 'rest'}`, type: 'symbol', source: rowSource(shown.layer.name), 'source-layer': shown.layer.name, filter: single,
    ...(alone ? { maxzoom: from } : { minzoom: from }),
    layout: {
      'icon-image': imageExpression(shown.layer, input.theme, level ? 'small' : 'dot'), 'icon-allow-overlap': true, 'icon-ignore-placement': !(alone && level),
      'symbol-sort-key': ['-', 0, rank(shown)],
      'icon-size': level ? u.grow([8, 0.62], [10.5, 1]) : u.grow([7, 0.4], [8.5, 0.58], [10, 0.95], [13, 1.2]),
    },
    paint: { 'icon-opacity': faded(shown, input) },
  }
}

// The rows that lead: the two gravest levels, the units above the lowest kind. Nothing hides them.
function leading({ layer }: Shown): unknown {
  const levels = levelField(layer)?.choices.slice(0, 2)
  const kinds = parentField(layer) ? symbolField(layer)?.choices.slice(0, -1) : undefined
  const of = (name: string, choices: Option[]) => ['in', ['get', name], ['literal', choices.map((o) => o.value)]]
  if (levels) return of(layer.level_field, levels)
  return kinds ? of(layer.symbol_field, kinds) : false
}

function largeSymbols(shown: Shown, input: MapInput, lead: boolean): unknown {
  const u = units(input)
  const from = thresholds(input).large
  return {
    id: `${shown.layer.name}-${lead ? 'lead' : 'large'}`, type: 'symbol', source: rowSource(shown.layer.name), 'source-layer': shown.layer.name, minzoom: u.zoom(from), filter: ['all', single, lead ? leading(shown) : ['!', leading(shown)]],
    layout: {
      'icon-allow-overlap': lead, 'icon-image': largeImage(shown, input), 'icon-padding': u.px(-1.5), 'symbol-sort-key': rank(shown),
      'icon-size': u.grow([from, levelField(shown.layer) ? 0.84 : 0.74], [14, 1], [17, 1.15]),
    },
    paint: { 'icon-opacity': faded(shown, input) },
  }
}

function names(shown: Shown, input: MapInput): unknown {
  const u = units(input)
  const c = palette(input.theme)
  return {
    id: `${shown.layer.name}-name`, type: 'symbol', source: rowSource(shown.layer.name), 'source-layer': shown.layer.name, minzoom: u.zoom(thresholds(input).name), filter: single,
    layout: {
      'text-field': u.name, 'text-font': FONT, 'text-size': u.grow([12, 11.5], [16, 14]), 'text-max-width': 9, 'symbol-sort-key': rank(shown), 'text-padding': u.px(2),
      'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 1.55, 'text-justify': 'auto',
    },
    paint: { 'text-color': c.label.row, 'text-halo-color': c.label.halo, 'text-halo-width': u.px(1.6) },
  }
}

/** Small marks of groups and rows, names, names of areas, large symbols, numbers of groups, and on top the rows that lead. What is higher is placed
 * first and what is lower gives way to it, so that no symbol covers a name. */
export function symbolLayers(input: MapInput): LayerSpecification[] {
  // The first layer of a map is the most important one: it lies on top.
  const order = [...input.shown].reverse()
  return layers([
    ...order.map((shown) => groupMarks(shown, input)),
    ...order.map((shown) => smallSymbols(shown, input, false)),
    ...order.filter((shown) => !levelField(shown.layer)).map((shown) => smallSymbols(shown, input, true)),
    ...order.map((shown) => names(shown, input)),
    ...areaLabels(input),
    ...order.map((shown) => largeSymbols(shown, input, false)),
    ...order.map((shown) => groups(shown, input)),
    ...order.filter((shown) => levelField(shown.layer)).map((shown) => smallSymbols(shown, input, true)),
    ...order.map((shown) => largeSymbols(shown, input, true)),
    ...order.flatMap((shown) => gravestLayers(shown, input, thresholds(input).large)),
    ...order.flatMap((shown) => ageMarks(shown, input, thresholds(input).large)),
  ])
}

/** Lines of command and the selected row. */
export function linkLayers(input: MapInput): LayerSpecification[] {
  const c = palette(input.theme)
  const u = units(input)
  return layers([
    { id: 'link', type: 'line', source: 'links', filter: ['!', ['get', 'strong']], layout: { 'line-cap': 'round' }, paint: { 'line-color': c.command, 'line-width': ['*', u.px(1), ['get', 'weight']], 'line-opacity': ['get', 'opacity'] } },
    { id: 'link-strong', type: 'line', source: 'links', filter: ['get', 'strong'], layout: { 'line-cap': 'round' }, paint: { 'line-color': c.commandStrong, 'line-width': u.px(1.9), 'line-opacity': 0.85 } },
  ])
}

export function selectedLayers(input: MapInput): LayerSpecification[] {
  const c = palette(input.theme)
  const u = units(input)
  return layers([
    { id: 'selected-fill', type: 'fill', source: 'selected', filter: geometry('Polygon'), paint: { 'fill-color': c.selected, 'fill-opacity': 0.16 } },
    { id: 'selected-line', type: 'line', source: 'selected', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': c.selected, 'line-width': u.px(3) } },
    { id: 'selected-ring', type: 'circle', source: 'selected', filter: geometry('Point'), paint: { 'circle-radius': u.px(21), 'circle-color': c.selected, 'circle-opacity': 0.14, 'circle-stroke-color': c.selected, 'circle-stroke-width': u.px(2.6) } },
  ])
}
