import type { Glyph } from './glyphs'
import { shape, type Shape } from './shapes'
import type { Symbol } from './symbol'

/** dot: the shape alone. cell: the shape of a group, for a number. small: shape and numeral. large: shape and glyph, with the numeral at its corner. */
export type Size = 'dot' | 'cell' | 'small' | 'large'

const PIXELS: Record<Size, number> = { dot: 8, cell: 25, small: 17, large: 29 } // width on a 1920 × 1080 screen, CSS pixels

/** Draws a symbol as a bitmap for MapLibre. `detail` is bitmap pixels per pixel of the style: much more than the screen
 * has would be lost in scaling down. */
export function drawSymbol(symbol: Symbol, size: Size, detail: number): { image: ImageData; pixelRatio: number } {
  const badge = size === 'large' && symbol.numeral && symbol.glyph
  const pad = size === 'dot' ? 1.5 : 3
  const width = Math.round((PIXELS[size] + pad * 2) * detail)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = width
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  const unit = (PIXELS[size] * detail) / 32
  context.translate(pad * detail, pad * detail)
  context.scale(unit, unit)
  paintShape(context, symbol, size)
  if (size === 'dot' || size === 'cell') return { image: context.getImageData(0, 0, width, width), pixelRatio: detail }
  if (symbol.glyph && size === 'large') paintGlyph(context, symbol.glyph, shape(symbol.shape).glyph, symbol.ink)
  else if (symbol.numeral) paintNumeral(context, symbol.numeral, shape(symbol.shape).glyph, symbol.ink, 3.1)
  if (badge) paintBadge(context, symbol)
  return { image: context.getImageData(0, 0, width, width), pixelRatio: detail }
}

function paintShape(context: CanvasRenderingContext2D, symbol: Symbol, size: Size) {
  const path = new Path2D(shape(symbol.shape).path)
  context.lineJoin = 'round'
  if (size === 'dot') {
    // Too small for an outline in the plate's own colours: the loud one fills it, the quiet one keeps neighbours apart.
    context.strokeStyle = symbol.dot.edge
    context.lineWidth = 7
    context.stroke(path)
    context.fillStyle = symbol.dot.fill
    context.fill(path)
    return
  }
  context.save()
  context.shadowColor = 'rgba(0,0,0,.45)'
  context.shadowBlur = 4
  context.shadowOffsetY = 1
  context.fillStyle = symbol.fill
  context.fill(path)
  context.restore()
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
