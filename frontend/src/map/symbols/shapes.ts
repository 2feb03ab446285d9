// Outlines of symbols on a 32 × 32 grid: what tells levels and maps apart without colour.
import type { LayerMap } from '@/api/types'

export interface Shape {
  path: string
  glyph: { x: number; y: number; size: number } // centre and size of what is drawn inside
}

const SHAPES = {
  octagon: { path: 'M11 2h10l9 9v10l-9 9H11l-9-9V11z', glyph: { x: 16, y: 16, size: 17 } },
  diamond: { path: 'M16 1 31 16 16 31 1 16z', glyph: { x: 16, y: 16, size: 14.5 } },
  triangle: { path: 'M16 2 31 29H1z', glyph: { x: 16, y: 20.6, size: 13 } },
  circle: { path: 'M16 2.5a13.5 13.5 0 1 1 0 27 13.5 13.5 0 1 1 0-27z', glyph: { x: 16, y: 16, size: 16.5 } },
  square: { path: 'M7 3h18a4 4 0 0 1 4 4v18a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z', glyph: { x: 16, y: 16, size: 18 } },
  hexagon: { path: 'M16 1.5 29 9v14l-13 7.5L3 23V9z', glyph: { x: 16, y: 16, size: 17 } },
  pentagon: { path: 'M16 1.5 30.5 12 25 29.5H7L1.5 12z', glyph: { x: 16, y: 17, size: 16.5 } },
} satisfies Record<string, Shape>

export type ShapeName = keyof typeof SHAPES

const BY_MAP: Record<LayerMap, ShapeName> = { risk: 'circle', material: 'square', force: 'hexagon', command: 'pentagon', base: 'circle' }

/** The outline of a level (by the name that its choice declares) or, without a level, of the map that a layer belongs to. */
export function shapeName(declared: string | undefined, map: LayerMap): ShapeName {
  return declared && declared in SHAPES ? (declared as ShapeName) : BY_MAP[map]
}

export const shape = (name: ShapeName): Shape => SHAPES[name]

// Roman numerals as strokes on a 16 × 16 grid: letters of a font would differ in width from machine to machine.
const I = (x: number) => `M${x} 2v12`
const NUMERALS = ['', I(8), I(5.4) + I(10.6), I(3) + I(8) + I(13), I(2.6) + 'M6.4 2l3.6 12L13.6 2', 'M3.5 2 8 14 12.5 2']

/** Strokes of the numeral of a level: 1 is the gravest. */
export const numeral = (level: number): string => NUMERALS[level] ?? ''
