// Times as <input type="datetime-local"> has them, in the product's time zone whatever the browser's is: China keeps
// +08:00 all year.
const OFFSET = 8 * 3600_000 // ms

/** yyyy-mm-ddThh:mm of an ISO time; '' for none. */
export function toLocal(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? '' : new Date(time + OFFSET).toISOString().slice(0, 16)
}

/** The ISO time of yyyy-mm-ddThh:mm; null for none. */
export function fromLocal(text: string): string | null {
  const time = /^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00+08:00`) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
