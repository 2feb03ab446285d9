import type { Glyph } from './glyphs'
import { shape, type Shape } from './shapes'
import type { Symbol } from './symbol'

/** small: shape and numeral, for many at once. large: shape and glyph, with the numeral at its corner. */
export type Size = 'small' | 'large'

const DETAIL = 3 // bitmap pixels per pixel of the style, so that symbols stay sharp when a screen scales them up
export const PIXELS: Record<Size, number> = { small: 17, large: 29 } // width on a 1920 × 1080 screen, CSS pixels

/** Draws a symbol as a bitmap for MapLibre. */
export function drawSymbol(symbol: Symbol, size: Size): { image: ImageData; pixelRatio: number } {
  const badge = size === 'large' && symbol.numeral && symbol.glyph
  const pad = 3
  const width = Math.round((PIXELS[size] + pad * 2) * DETAIL)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = width
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  const unit = (PIXELS[size] * DETAIL) / 32
  context.translate(pad * DETAIL, pad * DETAIL)
  context.scale(unit, unit)
  paintShape(context, symbol, size)
  if (symbol.glyph && size === 'large') paintGlyph(context, symbol.glyph, shape(symbol.shape).glyph, symbol.ink)
  else if (symbol.numeral) paintNumeral(context, symbol.numeral, shape(symbol.shape).glyph, symbol.ink, 3.1)
  if (badge) paintBadge(context, symbol)
  return { image: context.getImageData(0, 0, width, width), pixelRatio: DETAIL }
}

function paintShape(context: CanvasRenderingContext2D, symbol: Symbol, size: Size) {
  const path = new Path2D(shape(symbol.shape).path)
  context.save()
  context.shadowColor = 'rgba(0,0,0,.45)'
  context.shadowBlur = 4
  context.shadowOffsetY = 1
  context.fillStyle = symbol.fill
  context.fill(path)
  context.restore()
  context.lineJoin = 'round'
  context.strokeStyle = symbol.edge
  context.lineWidth = size === 'small' ? 3.4 : 2.2
  context.stroke(path)
}

function paintGlyph(context: CanvasRenderingContext2D, { path, grid }: Glyph, { x, y, size }: Shape['glyph'], ink: string) {
  context.save()
  context.translate(x - size / 2, y - size / 2)
  context.scale(size / grid, size / grid)
  context.fillStyle = ink
  context.fill(new Path2D(path))
  context.restore()
}

function paintNumeral(context: CanvasRenderingContext2D, strokes: string, at: Shape['glyph'], ink: string, weight: number) {
  context.save()
  context.translate(at.x - at.size / 2, at.y - at.size / 2)
  context.scale(at.size / 16, at.size / 16)
  context.strokeStyle = ink
  context.lineWidth = weight
  context.lineCap = 'butt'
  context.stroke(new Path2D(strokes))
  context.restore()
}

// The numeral stays with the symbol when the glyph takes its place: a small tab at the lower right.
function paintBadge(context: CanvasRenderingContext2D, symbol: Symbol) {
  context.save()
  context.fillStyle = symbol.edge
  context.beginPath()
  context.roundRect(19.5, 21, 14, 12, 3)
  context.fill()
  context.restore()
  paintNumeral(context, symbol.numeral, { x: 26.5, y: 27, size: 9 }, symbol.fill, 2.6)
}
