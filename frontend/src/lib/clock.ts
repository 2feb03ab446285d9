// The server's clock as far as this browser knows it, also without network: a phone's own clock may be wrong by hours.
const KEY = 'fourmaps.clock'

let offset = read()

function read(): number {
  try {
    const ms = Number(localStorage.getItem(KEY))
    return Number.isFinite(ms) ? ms : 0
  } catch {
    return 0 // no storage: this phone's clock has to do until the server speaks
  }
}

/** Remembers by how many ms the server's clock is ahead of this one. */
export function keepOffset(ms: number) {
  offset = ms
  try {
    localStorage.setItem(KEY, String(Math.round(ms)))
  } catch {
    // it then lasts as long as the page
  }
}

/** ms to add to this machine's clock for the server's. */
export const clockOffset = () => offset
