import type { FontFacesSpecification } from 'maplibre-gl'

// The first that has a character draws it; the second has only what the first lacks.
const FAMILIES = ['Noto Sans SC Variable', 'Noto Sans SC Rare']

/**
 * The font files of the page, for labels of the map. MapLibre would otherwise draw Chinese with whatever font the
 * machine has, and boxes where it has none. The table of files and ranges is read from the style sheet, which has it
 * already; a file is fetched when a label first needs a letter of its range.
 */
export function mapFonts(sheets: Iterable<CSSStyleSheet> = document.styleSheets): FontFacesSpecification {
  const files = new Map(FAMILIES.map((family): [string, { url: string; 'unicode-range': string[] }[]] => [family, []]))
  for (const sheet of sheets)
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule)) continue
      const family = rule.style.getPropertyValue('font-family').replaceAll(/["']/g, '')
      const path = /url\(["']?([^"')]+)["']?\)/.exec(rule.style.getPropertyValue('src'))?.[1]
      const range = rule.style.getPropertyValue('unicode-range')
      if (path) files.get(family)?.push({ url: new URL(path, sheet.href ?? location.href).href, 'unicode-range': range ? range.split(',').map((r) => r.trim().toUpperCase()) : ['U+0-10FFFF'] })
    }
  return { 'Map Sans': [...files.values()].flat() }
}
