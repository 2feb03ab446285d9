import type { Map } from 'maplibre-gl'
import { levelField, symbolField } from '@/api/declarations'
import type { Layer } from '@/api/types'
import type { Theme } from '@/lib/preferences'
import { drawSymbol, type Size } from './draw'
import { symbolOf } from './symbol'

const SEPARATOR = '|'

/** The MapLibre expression for the image of a row of a layer: theme|size|layer|level|kind. */
export function imageExpression(layer: Layer, theme: Theme, size: Size): unknown[] {
  const value = (name: string, known: boolean) => (known ? ['to-string', ['coalesce', ['get', name], '']] : '')
  return [
    'concat', [theme, size, layer.name, ''].join(SEPARATOR),
    value(layer.level_field, levelField(layer) !== undefined), SEPARATOR, value(layer.symbol_field, symbolField(layer) !== undefined),
  ]
}

/** The name of one image of a layer: that of a level, or of the whole layer. */
export const imageOf = (layer: Layer, theme: Theme, size: Size, level = ''): string => [theme, size, layer.name, level, ''].join(SEPARATOR)

/** Draws images when the style first needs them; again by itself after the graphics context was lost. */
export function drawMissingImages(map: Map, layers: () => Layer[], factor: () => number) {
  map.setMissingStyleImageResolver((id) => {
    const [theme, size, name, level, kind] = id.split(SEPARATOR)
    const layer = layers().find((l) => l.name === name)
    if (!layer || map.hasImage(id)) return
    try {
      const detail = Math.min(4, Math.max(2, Math.ceil(map.getPixelRatio() * factor())))
      const { image, pixelRatio } = drawSymbol(symbolOf(layer, { level, kind }, theme as Theme), size as Size, detail)
      map.addImage(id, image, { pixelRatio })
    } catch (cause) {
      // One symbol that cannot be drawn must not leave the others missing.
      reportError(cause)
    }
  })
}
