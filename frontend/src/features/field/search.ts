import type { FieldRow } from './useField'

const MOST = 12

/** The rows kept on this phone that fit some words by name, code or address; names before addresses. */
export function fitting(rows: FieldRow[], layer: string | undefined, words: string): FieldRow[] {
  const wanted = words.trim().toLowerCase()
  const has = (value: unknown) => typeof value === 'string' && value.toLowerCase().includes(wanted)
  const among = rows.filter((r) => layer === undefined || r.layer === layer)
  const named = among.filter(({ properties: p }) => has(p.name) || has(p.name_en) || has(p.code))
  return [...named, ...among.filter((r) => !named.includes(r) && has(r.properties.address))].slice(0, MOST)
}
