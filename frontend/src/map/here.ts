import { Marker, type Map } from 'maplibre-gl'
import type { LngLat } from '@/lib/geodesy'

/** The mark of where this phone is. */
export interface Mark {
  show(fix: { at: Readonly<LngLat>; accuracy: number } | undefined): void // metres
  remove(): void
}

const EQUATOR = 40_075_016.686 // metres around, at zoom 0 in 512 px

/** Marks a place on a map, with the circle of its accuracy. Not part of the style: it moves with every step. */
export function markHere(map: Map, label: string): Mark {
  const element = document.createElement('div')
  element.style.cssText = 'pointer-events:none;display:grid;place-items:center;width:0;height:0'
  const circle = document.createElement('div')
  circle.style.cssText = 'grid-area:1/1;border-radius:50%;background:rgba(76,195,255,.18);border:1px solid rgba(76,195,255,.6)'
  const dot = document.createElement('div')
  dot.style.cssText = 'grid-area:1/1;width:18px;height:18px;border-radius:50%;background:#1f7fe0;border:3px solid #fff;box-shadow:0 0 4px rgba(0,0,0,.5)'
  dot.setAttribute('role', 'img')
  dot.setAttribute('aria-label', label)
  element.append(circle, dot)
  const marker = new Marker({ element })
  let fix: { at: Readonly<LngLat>; accuracy: number } | undefined
  function size() {
    if (!fix) return
    const metresOfPixel = (EQUATOR * Math.cos((fix.at[1] * Math.PI) / 180)) / (512 * 2 ** map.getZoom())
    circle.style.width = circle.style.height = `${(2 * fix.accuracy) / metresOfPixel}px`
  }
  map.on('zoom', size)
  return {
    show(next) {
      fix = next
      if (!next) return void marker.remove()
      marker.setLngLat([next.at[0], next.at[1]]).addTo(map)
      size()
    },
    remove() {
      map.off('zoom', size)
      marker.remove()
    },
  }
}
