import type { Body, Entry } from './entry'

/** A field that both have changed, and differently: the person chooses. */
export interface Dispute {
  field: string // 'geometry' for the place
  before: unknown
  mine: unknown
  theirs: unknown
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** The fields of a change that have to be decided. What only one of the two has changed needs no decision. */
export function disputes(entry: Entry): Dispute[] {
  const { body, seen, current } = entry
  if (!current || !body) return []
  const mine: [string, unknown, unknown, unknown][] = Object.entries(body.properties ?? {}).map(([field, value]) => [field, seen?.properties[field], value, current.properties[field]])
  if (body.geometry !== undefined) mine.push(['geometry', seen?.geometry, body.geometry, current.geometry])
  return mine.flatMap(([field, before, value, theirs]) => (same(theirs, before) || same(theirs, value) ? [] : [{ field, before, mine: value, theirs }]))
}

/** The change without the fields in which the other's value stays; undefined when nothing is left of it. */
export function resolved(entry: Entry, theirs: Set<string>): Body | undefined {
  const body = { ...entry.body }
  body.properties = Object.fromEntries(Object.entries(body.properties ?? {}).filter(([field]) => !theirs.has(field)))
  if (theirs.has('geometry')) delete body.geometry
  return Object.keys(body.properties).length === 0 && body.geometry === undefined ? undefined : body
}
