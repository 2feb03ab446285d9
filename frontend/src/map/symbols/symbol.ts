import { levelField, optionOf, symbolField } from '@/api/declarations'
import type { Layer, LayerMap } from '@/api/types'
import type { Theme } from '@/lib/preferences'
import { palette } from '../style/palette'
import { glyph, type Glyph } from './glyphs'
import { numeral, shapeName, type ShapeName } from './shapes'

/** How one row is drawn, on the map, in lists, legends and on paper. */
export interface Symbol {
  shape: ShapeName
  fill: string
  edge: string
  ink: string
  dot: { fill: string; edge: string } // of the smallest mark
  glyph: Glyph | undefined
  numeral: string // strokes on a 16 × 16 grid, '' for none
}

interface Values {
  level?: unknown
  kind?: unknown
}

/** The symbol of a row of a layer with these values of the level and symbol fields. */
export function symbolOf(layer: Layer, values: Values, theme: Theme): Symbol {
  const colours = palette(theme)
  const levels = levelField(layer)
  const level = optionOf(levels, values.level)
  const kind = optionOf(symbolField(layer), values.kind)
  const drawn = kind?.symbol ? glyph(kind.symbol) : undefined
  if (levels && level)
    return {
      shape: shapeName(level.symbol, layer.map), fill: level.colour || colours.plate[layer.map].edge, edge: colours.levelEdge, ink: colours.levelInk, dot: { fill: level.colour || colours.plate[layer.map].edge, edge: colours.levelEdge },
      glyph: drawn, numeral: numeral(levels.choices.indexOf(level) + 1),
    }
  const plate = colours.plate[layer.map]
  return { shape: shapeName(undefined, layer.map), ...plate, dot: colours.dot[layer.map], glyph: drawn, numeral: '' }
}

/** The symbol that stands for a whole layer, in menus and counters. */
export function layerSymbol(map: LayerMap, theme: Theme, drawn: Glyph): Symbol {
  return { shape: shapeName(undefined, map), ...palette(theme).plate[map], dot: palette(theme).dot[map], glyph: drawn, numeral: '' }
}

/** The values of level and kind of a row, wherever they come from. */
export function symbolValues(layer: Layer, properties: Record<string, unknown>): Values {
  return { level: properties[layer.level_field], kind: properties[layer.symbol_field] }
}
