import { distance, type LngLat } from './geodesy'

/** Puts places in walking order as the server does: from each to the nearest that is left. Those without a place come last. */
export function walkingOrder<T>(stops: T[], at: (stop: T) => LngLat | undefined, from: LngLat | undefined): T[] {
  const left = stops.flatMap((stop) => {
    const place = at(stop)
    return place ? [{ stop, place }] : []
  })
  const order: T[] = []
  let here = from ?? left[0]?.place
  while (here && left.length) {
    let [nearest, least] = [0, Infinity]
    left.forEach(({ place }, i) => {
      const d = distance(here!, place)
      if (d < least) [nearest, least] = [i, d]
    })
    const [next] = left.splice(nearest, 1)
    order.push(next!.stop)
    here = next!.place
  }
  return [...order, ...stops.filter((stop) => !at(stop))]
}

const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** In which of eight directions one place lies from another. */
export function direction(from: LngLat, to: LngLat): Direction {
  const [dx, dy] = [(to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180), to[1] - from[1]]
  return DIRECTIONS[(Math.round(Math.atan2(dx, dy) / (Math.PI / 4)) + 8) % 8]!
}
