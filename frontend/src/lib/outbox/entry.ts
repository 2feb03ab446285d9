// What waits on this phone to be sent. An entry is written down before the screen says "saved", and goes only in the
// transaction that writes down its answer.

export type Kind = 'create' | 'change' | 'confirm' | 'photo'

/** What the server says of a write that it refuses. */
export interface Refusal {
  code: string
  text: string
  errors?: { parameter?: string | undefined; code: string; detail: string }[] | undefined
  findings?: Finding[] | undefined
}

/** What a person has to look at before an entry is taken. */
export interface Finding {
  code: string
  acceptable: boolean
  text: { zh: string; en: string }
  offers?: { action: string; geometry?: unknown; id?: string | undefined; name?: string | undefined; distance_m?: number | undefined }[] | undefined // ways on
}

/** A row as the server answers it; the outbox looks at its properties only. */
export interface Row {
  id: string
  geometry: unknown
  properties: Record<string, unknown> & { version: number }
}

/** What the person wants: in a change, only the fields that differ. */
export interface Body {
  geometry?: unknown
  properties?: Record<string, unknown>
  accept?: string[]
  position_accuracy_m?: number
  [more: string]: unknown
}

/** A body that says only what there is to say. */
export const bodyOf = ({ properties, geometry }: Pick<Body, 'properties' | 'geometry'>, accept?: string[]): Body =>
  ({ properties, ...(geometry === undefined ? {} : { geometry }), ...(accept?.length ? { accept } : {}) })

/** A photo as bytes: phones of Apple have lost Blobs that were kept in IndexedDB. */
export interface Photo {
  bytes: ArrayBuffer
  type: string
  name: string
}

export interface Draft {
  person: string // id of the person whose entry it is: nobody else's session ever sends it
  kind: Kind
  layer: string
  row: string // id of the row, made here for a new one
  base?: number | undefined // version that the person has seen; none for a new row and for photos
  name: string // of the row, for the list of what waits
  body?: Body | undefined
  photo?: Photo | undefined
  seen?: Row | undefined // the row as it was when the person changed it
  notBefore?: number | undefined // ms; until then it can be taken back
}

export interface Entry extends Draft {
  seq: number // order on this phone
  key: string // Idempotency-Key: a repeat gets the first answer
  occurredAt: number // ms by the server's clock, as far as it is known here
  state: 'waiting' | 'conflict' | 'refused'
  tried: boolean // perhaps the server has it already
  refusal?: Refusal | undefined
  current?: Row | null | undefined // conflict: the row as it is now; null when it is deleted
}

/** What was sent, for the list of the last ones. */
export interface Sent {
  key: string
  person: string
  kind: Kind
  layer: string
  row: string
  name: string
  at: number
  base?: number | undefined // the version that it built upon
  version?: number | undefined // and the one that it has made
}

/** Whether `later` builds upon `earlier`: the row must be there first, and versions follow each other. */
export function follows(later: Entry, earlier: Entry): boolean {
  if (later.row !== earlier.row || later.layer !== earlier.layer || later.seq <= earlier.seq) return false
  if (later.kind === 'photo') return earlier.kind === 'create'
  return earlier.kind !== 'photo'
}

/** The entry to send next: the first that waits and builds upon nothing that is still here. */
export function next(entries: Entry[], now: number): Entry | undefined {
  return inOrder(entries).find((e) => e.state === 'waiting' && (e.notBefore ?? 0) <= now && !entries.some((other) => follows(e, other)))
}

/** When something can be sent that cannot be sent yet, ms; undefined when nothing will by itself. */
export function nextTime(entries: Entry[], now: number): number | undefined {
  const times = entries.filter((e) => e.state === 'waiting' && (e.notBefore ?? 0) > now && !entries.some((other) => follows(e, other))).map((e) => e.notBefore!)
  return times.length ? Math.min(...times) : undefined
}

export const inOrder = (entries: Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq)

/** An entry and all that builds upon it, directly or not. */
export function withFollowers(entry: Entry, entries: Entry[]): Entry[] {
  const all = [entry]
  for (const one of inOrder(entries)) if (!all.includes(one) && all.some((before) => follows(one, before))) all.push(one)
  return all
}
