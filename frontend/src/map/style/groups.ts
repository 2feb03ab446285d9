// Groups: at low zooms, and where a tile has too many rows, the server gives points with point_count instead. A group does not say what
// is in it, so the gravest rows are asked for once more by themselves and drawn on top: no group hides them.
import type { SourceSpecification } from 'maplibre-gl'
import type { Option } from '@/api/types'
import { levelField } from '@/api/declarations'
import type { Selection } from '@/api/selection'
import { imageExpression, imageOf } from '../symbols/images'
import { faded } from './age'
import type { MapInput, Shown } from './input'
import { palette } from './palette'
import { FONT, units } from './units'

export const single = ['<=', ['coalesce', ['get', 'point_count'], 1], 1]
const several = ['>', ['coalesce', ['get', 'point_count'], 1], 1]

/** The name of the source of a layer's gravest rows in the style. */
export const gravestSource = (layer: string) => `rows-${layer}-gravest`

/** The gravest level of a layer, if it is shown beside others; undefined where nothing can hide it. */
export function gravest({ layer, selection }: Shown): Option | undefined {
  const level = levelField(layer)?.choices[0]
  if (!level) return undefined
  const chosen = selection[layer.level_field]?.split(',')
  return !chosen || (chosen.length > 1 && chosen.includes(level.value)) ? level : undefined
}

/** What the gravest rows are chosen by: the layer's selection and their level. */
export const gravestSelection = ({ layer, selection }: Shown, level: Option): Selection => ({ ...selection, [layer.level_field]: level.value })

/** The only level that a selection leaves. */
function onlyLevel({ layer, selection }: Shown): Option | undefined {
  return levelField(layer)?.choices.find((o) => o.value === selection[layer.level_field])
}

// Groups of several layers lie at much the same places: each layer's stand at their own side of it, px.
const ASIDE: [number, number][] = [[-9, -9], [9, -9], [-9, 9], [9, 9]]

function aside(shown: Shown, input: MapInput): [number, number] {
  const [x, y] = input.shown.length > 1 ? ASIDE[input.shown.indexOf(shown) % ASIDE.length]! : [0, 0]
  const { px } = units(input)
  return [px(x), px(y)]
}

interface Where {
  id: string
  source: string
  level: Option | undefined // what all rows of the group are
}

function inGroups(shown: Shown): Where {
  return { id: `${shown.layer.name}-cell`, source: `rows-${shown.layer.name}`, level: onlyLevel(shown) }
}

/** The numbers of a layer's groups. Where there is no room for one, its mark remains (groupMarks). */
export function groups(shown: Shown, input: MapInput, { id, source, level }: Where = inGroups(shown)): unknown {
  const u = units(input)
  const c = palette(input.theme)
  return {
    id, type: 'symbol', source, 'source-layer': shown.layer.name, filter: several,
    layout: {
      'icon-image': imageOf(shown.layer, input.theme, 'cell', level?.value), 'icon-padding': 0, 'text-padding': 0,
      'icon-size': ['interpolate', ['linear'], ['log10', ['get', 'point_count']], 0, u.px(0.72), 1, u.px(0.9), 2, u.px(1.15), 4, u.px(1.7), 6, u.px(2.3)],
      'text-field': ['number-format', ['get', 'point_count'], { locale: input.lang }], 'text-font': FONT, 'text-size': u.px(11.5),
      'symbol-sort-key': ['-', 0, ['get', 'point_count']],
    },
    paint: { 'text-color': level ? c.levelInk : c.plate[shown.layer.map].ink, 'icon-translate': aside(shown, input), 'text-translate': aside(shown, input) },
  }
}

/** A mark for each group of a layer, at the same place as its number: the larger, the more rows. */
export function groupMarks(shown: Shown, input: MapInput): unknown {
  const u = units(input)
  return {
    id: `${shown.layer.name}-cell-mark`, type: 'symbol', source: `rows-${shown.layer.name}`, 'source-layer': shown.layer.name, filter: several,
    layout: { 'icon-image': imageOf(shown.layer, input.theme, 'dot', onlyLevel(shown)?.value), 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['log10', ['get', 'point_count']], 0, u.px(0.9), 1, u.px(1.35), 2, u.px(1.9), 4, u.px(2.6)] },
    paint: { 'icon-translate': aside(shown, input) },
  }
}

/** The source of a layer's gravest rows; none where nothing can hide them. */
export function gravestSources(shown: Shown, tiles: (shown: Shown) => string[]): Record<string, SourceSpecification> {
  const level = gravest(shown)
  if (!level) return {}
  const { layer } = shown
  return { [gravestSource(layer.name)]: { type: 'vector', tiles: tiles({ ...shown, selection: gravestSelection(shown, level) }), minzoom: layer.min_zoom, maxzoom: layer.max_zoom } }
}

/** The gravest rows by themselves, and groups of them where even they are too many. */
export function gravestLayers(shown: Shown, input: MapInput, until: number): unknown[] {
  const level = gravest(shown)
  if (!level) return []
  const u = units(input)
  const own = { source: gravestSource(shown.layer.name), 'source-layer': shown.layer.name, maxzoom: u.zoom(until) }
  return [
    { ...(groups(shown, input, { id: `${shown.layer.name}-gravest-cell`, source: own.source, level }) as object), maxzoom: own.maxzoom },
    {
      id: `${shown.layer.name}-gravest`, type: 'symbol', ...own, filter: single,
      layout: { 'icon-image': imageExpression(shown.layer, input.theme, 'small'), 'icon-allow-overlap': true, 'icon-size': u.grow([8, 0.62], [10.5, 1]) },
      paint: { 'icon-opacity': faded(shown, input) },
    },
  ]
}
