/** The longest scale bar of a round length that is not longer than a span of the screen: 1, 2 or 5 times a power of ten. */
export function barFor(metresOfSpan: number, pixelsOfSpan: number): { metres: number; pixels: number } {
  if (!(metresOfSpan > 0)) return { metres: 0, pixels: 0 }
  const power = 10 ** Math.floor(Math.log10(metresOfSpan))
  const metres = ([5, 2, 1].find((n) => n * power <= metresOfSpan) ?? 1) * power
  return { metres, pixels: Math.round((metres / metresOfSpan) * pixelsOfSpan) }
}
