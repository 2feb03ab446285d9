// The declared limits, checked before anything is sent. The server is the judge; this is only kinder.
import type { Field, Layer, PartRow, Value } from '@/api/types'
import type { Draft } from './draft'
import { entryFields } from './draft'

/** What is wrong with a value; `with` fills the sentence. */
export interface Complaint {
  code: 'missing' | 'number' | 'whole' | 'range' | 'long' | 'phone' | 'place'
  with: Record<string, string | number>
}

/** Everything wrong with a draft, by path: name, geometry, stock_line[2].quantity. */
export function check(layer: Layer, draft: Draft): Record<string, Complaint> {
  const found: Record<string, Complaint> = {}
  const look = (path: string, field: Field, value: Value) => {
    const wrong = fault(field, value)
    if (wrong) found[path] = wrong
  }
  if (!draft.geometry && !layer.place_optional) found.geometry = { code: 'place', with: {} }
  for (const f of entryFields(layer)) if (f.name in draft.values) look(f.name, f, draft.values[f.name])
  for (const p of layer.parts) draft.parts[p.name]?.forEach((line: PartRow, i) => p.fields.forEach((f) => f.name in line && look(`${p.name}[${i}].${f.name}`, f, line[f.name])))
  return found
}

function fault(field: Field, value: Value): Complaint | undefined {
  const text = typeof value === 'string' ? value.trim() : value
  if (text === null || text === undefined || text === '' || (Array.isArray(text) && text.length === 0)) return field.required ? { code: 'missing', with: {} } : undefined
  if (field.type === 'integer' || field.type === 'number') return numberFault(field, text)
  if (typeof text !== 'string') return undefined
  if (field.max_length && [...text].length > field.max_length) return { code: 'long', with: { n: [...text].length, max: field.max_length } }
  if (field.type === 'phone' && !/^[0-9+() -]{3,}$/.test(text)) return { code: 'phone', with: {} }
  return undefined
}

function numberFault(field: Field, value: Value): Complaint | undefined {
  if (typeof value !== 'number') return { code: 'number', with: {} }
  const [min, max] = [field.min ?? -Infinity, field.max ?? Infinity]
  if (value < min || value > max) return { code: 'range', with: { min: Number.isFinite(min) ? min : '−∞', max: Number.isFinite(max) ? max : '∞' } }
  return field.type === 'integer' && !Number.isInteger(value) ? { code: 'whole', with: {} } : undefined
}
