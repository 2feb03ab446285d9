// A row while it is being entered: what stands in its form. The server's row and the form are compared as drafts, so that
// only what differs is sent.
import type { Geometry } from 'geojson'
import { fieldOf } from '@/api/declarations'
import type { Feature, Field, Layer, Part, PartRow, Value } from '@/api/types'
import type { Entry, System } from '@/api/writes'

export interface Draft {
  values: Record<string, Value>
  parts: Record<string, PartRow[]>
  geometry: Geometry | null // in the system below
  crs: System
  accuracy: number | null // metres, of a position that was measured
}

/** The fields that people enter, in the order of the form. */
export function entryFields(layer: Layer): Field[] {
  const standing = (name: string) => fieldOf({ ...layer, fields: [] }, name) ?? []
  const name = [standing('name')].flat().map((f) => ({ ...f, required: !layer.name_optional }))
  const area = [standing('area_id')].flat().filter((f) => f.layer !== layer.name) // where an area lies follows from its parent
  return [...name, ...[standing('name_en')].flat(), ...layer.fields.filter((f) => !f.read_only && !f.confirmation), ...area]
}

/** What a form of the layer begins with: the row as it is, or the declared defaults. A field that the row does not carry is hidden from who edits, and stays out. */
export function draftOf(layer: Layer, row?: Feature): Draft {
  const values: Record<string, Value> = {}
  for (const f of entryFields(layer)) {
    const value = row ? (row.properties[f.name] as Value) : startOf(f)
    if (value !== undefined) values[f.name] = value
  }
  const parts: Record<string, PartRow[]> = {}
  for (const p of layer.parts) parts[p.name] = ((row?.properties[p.name] ?? []) as PartRow[]).map((line) => lineOf(p, line))
  return { values, parts, geometry: row?.geometry ?? null, crs: 'WGS84', accuracy: (row?.properties.position_accuracy_m as number | null | undefined) ?? null }
}

function startOf(field: Field): Value {
  if (field.type === 'boolean') return field.default === '' ? (field.required ? false : null) : field.default === 'true'
  if (field.default === '') return null
  return field.type === 'integer' || field.type === 'number' ? Number(field.default) : field.default
}

/** A new line of a list. */
export const newLine = (part: Part): PartRow => Object.fromEntries(part.fields.map((f) => [f.name, startOf(f)]))

const lineOf = (part: Part, line: PartRow): PartRow => Object.fromEntries(['id', ...part.fields.map((f) => f.name)].flatMap((name) => (line[name] === undefined ? [] : [[name, line[name]]])))

// No value is null, whether it was typed and deleted again, or never there.
function plain(value: unknown): unknown {
  if (value === undefined || value === '') return null
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim() || null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(plain)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)] as const).filter(([, v]) => v !== null).sort(([a], [b]) => (a < b ? -1 : 1)))
  return value
}

/** Whether two values, lists or places are the same for whoever reads them. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

/** The name under which a place is compared; fields and lists go by their own. */
export const PLACE = 'geometry'

const placeOf = (d: Draft) => ({ geometry: d.geometry, crs: d.geometry && d.crs, accuracy: d.accuracy })

/** Everything that can differ between two drafts, in the order of the form. */
export const keysOf = (layer: Layer, ...drafts: Draft[]): string[] => [PLACE, ...entryFields(layer).flatMap((f) => (drafts.some((d) => f.name in d.values) ? f.name : [])), ...layer.parts.map((p) => p.name)]

/** What a draft has under a key. */
export function under(draft: Draft, key: string): unknown {
  if (key === PLACE) return placeOf(draft)
  return key in draft.parts ? draft.parts[key] : draft.values[key]
}

/** Takes what another draft has under a key. */
export function take(into: Draft, from: Draft, key: string) {
  if (key === PLACE) Object.assign(into, placeOf(from), { crs: from.crs })
  else if (key in from.parts) into.parts[key] = JSON.parse(JSON.stringify(from.parts[key])) as PartRow[]
  else into.values[key] = from.values[key]
}

/** The keys under which two drafts differ. */
export const changed = (layer: Layer, before: Draft, now: Draft): string[] => keysOf(layer, before, now).filter((key) => !same(under(before, key), under(now, key)))

/** What is sent to make a row of `before` (none: a new row) what `now` says. */
export function entryOf(layer: Layer, before: Draft | undefined, now: Draft): Entry {
  const keys = before ? changed(layer, before, now) : keysOf(layer, now)
  const properties: Entry['properties'] = {}
  for (const key of keys) {
    if (key === PLACE) continue
    if (key in now.parts) {
      if (before || now.parts[key]!.length > 0) properties[key] = now.parts[key]!.map((line) => plain(line) as PartRow)
    } else if (before || plain(now.values[key]) !== null) properties[key] = plain(now.values[key]) as Value
  }
  const entry: Entry = { type: 'Feature', properties }
  if (!keys.includes(PLACE)) return entry
  if (!before || !same(before.geometry, now.geometry) || before.crs !== now.crs) Object.assign(entry, { geometry: now.geometry, ...(now.crs === 'WGS84' ? {} : { crs: now.crs }) })
  if (now.accuracy !== null || (before && before.accuracy !== null)) properties.position_accuracy_m = now.accuracy
  return entry
}

/** What a row is once an entry is taken. */
export function applied(layer: Layer, before: Draft, entry: Partial<Pick<Entry, 'properties' | 'geometry' | 'crs'>>): Draft {
  const now = copyOf(before)
  if (entry.geometry !== undefined) Object.assign(now, { geometry: entry.geometry, crs: entry.crs ?? 'WGS84' })
  const fields = new Set(entryFields(layer).map((f) => f.name))
  for (const [name, value] of Object.entries(entry.properties ?? {})) {
    if (name === 'position_accuracy_m') now.accuracy = value as number | null
    else if (name in now.parts) now.parts[name] = value as PartRow[]
    else if (fields.has(name)) now.values[name] = value as Value
  }
  return now
}

/** A copy that can be changed. */
export const copyOf = (draft: Draft): Draft => JSON.parse(JSON.stringify(draft)) as Draft
