import type { Place } from './parse'

type Box = readonly [west: number, south: number, east: number, north: number]

/** A box around China, degrees: no number in it is both a longitude and a latitude. */
export const CHINA: Box = [73, 3, 136, 54]

export const within = ({ lng, lat }: Place, [west, south, east, north]: Box): boolean => lng >= west && lng <= east && lat >= south && lat <= north

const AROUND = 0.05 // degrees; other systems shift a place by a few hundred metres

/** The place with its numbers exchanged, where that lies in an extent (WGS 84; without one, in China) and the place itself does not. */
export function exchanged(at: Place, extent: Box | undefined): Place | undefined {
  const [west, south, east, north] = extent ?? CHINA
  const near: Box = [west - AROUND, south - AROUND, east + AROUND, north + AROUND]
  const other = { lng: at.lat, lat: at.lng }
  return !within(at, near) && within(other, near) ? other : undefined
}
