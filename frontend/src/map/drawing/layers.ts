import type { CircleLayerSpecification, LayerSpecification } from 'maplibre-gl'
import type { Theme } from '@/lib/preferences'
import { palette } from '../style/palette'

export const SOURCE = 'drawing'

/** How a shape in the making looks; `factor` is the size of the screen against 1920 × 1080. */
export function drawingLayers(theme: Theme, factor: number): LayerSpecification[] {
  const colour = palette(theme).measure
  const px = (size: number) => size * factor
  const dots = (part: string, paint: CircleLayerSpecification['paint']): LayerSpecification => ({ id: `drawing-${part}`, type: 'circle', source: SOURCE, filter: ['==', ['get', 'part'], part], paint: paint ?? {} })
  return [
    { id: 'drawing-fill', type: 'fill', source: SOURCE, filter: ['==', ['get', 'part'], 'fill'], paint: { 'fill-color': colour, 'fill-opacity': 0.16 } },
    { id: 'drawing-line', type: 'line', source: SOURCE, filter: ['==', ['get', 'part'], 'line'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': colour, 'line-width': px(3) } },
    dots('middle', { 'circle-radius': px(4), 'circle-color': colour, 'circle-opacity': 0.75, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': px(1) }),
    dots('corner', { 'circle-radius': px(6), 'circle-color': '#ffffff', 'circle-stroke-color': colour, 'circle-stroke-width': px(2.5) }),
    dots('chosen', { 'circle-radius': px(8), 'circle-color': colour, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': px(3) }),
    { id: 'drawing-halo', type: 'circle', source: SOURCE, filter: ['==', ['get', 'part'], 'point'], paint: { 'circle-radius': px(18), 'circle-color': colour, 'circle-opacity': 0.22, 'circle-stroke-color': colour, 'circle-stroke-width': px(2) } },
    dots('point', { 'circle-radius': px(6), 'circle-color': '#ffffff', 'circle-stroke-color': colour, 'circle-stroke-width': px(3) }),
  ]
}
