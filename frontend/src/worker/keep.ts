// What the service worker does with a request, decided by its address alone.

/** page: the shell; asset: a file that never changes under its name; data, tile: asked anew, kept for when there is no network. */
export type Treatment = 'page' | 'asset' | 'file' | 'data' | 'tile' | 'pass'

// Without telephone numbers: a row by itself and everything about people are never written to this phone's disk.
const DATA = /^\/api\/(session|me|installation|layers|due|basemaps|confirmation-periods|layers\/\w+\/(features|summary))$|^\/tiles\/[\w,-]+\.json$/
const TILE = /^\/tiles\/[^/]+\/(\d+)\/(\d+)\/(\d+)\.\w+$/
const FILE = /^\/(icon[\w-]*\.(svg|png)|manifest\.webmanifest)$/
const ELSEWHERE = /^\/(api|tiles|basemaps|metrics|healthz|readyz|ca\.crt)(\/|$)/

export function treatment(url: URL, navigates: boolean): Treatment {
  const { pathname } = url
  if (DATA.test(pathname) && !navigates) return 'data'
  if (TILE.test(pathname)) return 'tile'
  if (ELSEWHERE.test(pathname)) return 'pass'
  if (navigates) return 'page'
  if (pathname.startsWith('/assets/')) return 'asset'
  return FILE.test(pathname) ? 'file' : 'pass'
}

/** Under which address an answer is kept: where one stands changes the order of a list, not what is in it. */
export function keyOf(url: URL): string {
  const key = new URL(url)
  for (const name of ['from', 'probe']) key.searchParams.delete(name)
  key.searchParams.sort()
  return key.pathname + key.search
}

/** west, south, east, north in degrees. */
export type Box = readonly [number, number, number, number]

export const DEEPEST = 15 // zoom of tiles that are kept

/** Whether a tile shows something of a box, and is not too deep to be kept. */
export function tileWithin(url: URL, box: Box | undefined): boolean {
  const [, z, x, y] = TILE.exec(url.pathname) ?? []
  if (!box || z === undefined || Number(z) > DEEPEST) return false
  const [west, south, east, north] = tileBox(Number(z), Number(x), Number(y))
  return west < box[2] && east > box[0] && south < box[3] && north > box[1]
}

function tileBox(z: number, x: number, y: number): Box {
  const n = 2 ** z
  const latitude = (row: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / n))) * 180) / Math.PI
  return [(x / n) * 360 - 180, latitude(y + 1), ((x + 1) / n) * 360 - 180, latitude(y)]
}

/** The tiles of a box at the zooms that are kept, the coarse ones first; never more than `most`. */
export function tilesOf(box: Box, from: number, to: number, most: number): { z: number; x: number; y: number }[] {
  const list: { z: number; x: number; y: number }[] = []
  for (let z = from; z <= Math.min(to, DEEPEST); z++) {
    const n = 2 ** z
    const column = (lng: number) => Math.min(n - 1, Math.max(0, Math.floor(((lng + 180) / 360) * n)))
    const row = (lat: number) => Math.min(n - 1, Math.max(0, Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n)))
    for (let x = column(box[0]); x <= column(box[2]); x++) for (let y = row(box[3]); y <= row(box[1]); y++) list.push({ z, x, y })
    if (list.length >= most) return list.slice(0, most)
  }
  return list
}
