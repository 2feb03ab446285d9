import type { MapInput } from './input'

export const FONT = ['Map Sans']

/** Sizes on the 1920 × 1080 base become those of the screen; zooms move with them, so that a view looks alike on all. */
export function units(input: MapInput) {
  const shift = Math.log2(input.factor)
  const px = (size: number) => Number((size * input.factor).toFixed(2))
  const zoom = (z: number) => Number((z + shift).toFixed(2))
  /** A size that grows with zoom: [zoom, size] pairs. */
  const grow = (...stops: [number, number][]) => ['interpolate', ['exponential', 1.5], ['zoom'], ...stops.flatMap(([z, size]) => [zoom(z), px(size)])]
  const fade = (...stops: [number, number][]) => ['interpolate', ['linear'], ['zoom'], ...stops.flatMap(([z, value]) => [zoom(z), value])]
  const name = input.lang === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name'], ''] : ['coalesce', ['get', 'name'], '']
  return { px, zoom, grow, fade, name }
}

/** Addresses of tiles must be absolute: the worker that fetches them has no page. */
export const absolute = (path: string) => new URL(path, location.href).href.replaceAll('%7B', '{').replaceAll('%7D', '}')
