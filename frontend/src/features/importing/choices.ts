// What the form of an import holds, and how it follows from the file, its proposals and saved mappings.
import type { Import, ImportChoices, ImportProposal } from '@/api/imports'
import { parentField } from '@/api/declarations'
import type { Field, Layer } from '@/api/types'

/** Places and the key, beside the fields of a layer. */
export const TARGETS = ['key', 'lon', 'lat', 'lonlat', 'latlon'] as const

/** What people say about a file; `mapping` by column, '' for a column that is not imported. */
export interface Form extends Omit<ImportChoices, 'mapping'> {
  layer: string
  mapping: Record<string, string>
}

/** The form as the server keeps it. */
export function formOf(draft: Import): Form {
  const { mapping, ...choices } = draft.choices as ImportChoices
  return { ...choices, levels: { columns: [...choices.levels.columns], by_depth: { ...choices.levels.by_depth } }, constants: { ...choices.constants }, layer: draft.layer ?? '', mapping: byColumn(mapping) }
}

const byColumn = (pairs: { column: string; field: string }[]) => Object.fromEntries(pairs.map((p) => [p.column, p.field]))

/** What is sent of the form. */
export function choicesOf(form: Form, columns: string[]): ImportChoices {
  const { mapping, constants, levels, crs, swap, sheet, header_row, encoding, delimiter, date_order, origin, anywhere } = form
  return {
    crs, swap, sheet, header_row, encoding, delimiter, date_order, origin, anywhere,
    mapping: columns.flatMap((column) => (mapping[column] ? [{ column, field: mapping[column] }] : [])),
    constants: Object.fromEntries(Object.entries(constants).filter(([, value]) => value !== '')),
    levels: levels.columns.length ? levels : { columns: [], by_depth: {} },
  }
}

/** The columns go where they are proposed to go. */
export const proposed = (list: ImportProposal[] | undefined) => byColumn(list ?? [])

// Of administrative areas, level and parent follow from the code, and the area is the row itself.
const follows = (layer: Layer, name: string) => Boolean(layer.write_right) && layer.fields.some((f) => f.name === 'code') && ['area_id', 'level', 'parent_id'].includes(name)

/** Fields that a file may fill. */
export const importable = (layer: Layer): Field[] => [...layer.standing, ...layer.fields].filter((f) => !f.read_only && !follows(layer, f.name))

/** Fields that every row needs and no column fills: they get one value for all rows. */
export function unfilled(layer: Layer, form: Form): Field[] {
  const filled = new Set(Object.values(form.mapping))
  return layer.fields.filter((f) => f.required && !f.read_only && !f.default && !filled.has(f.name) && !follows(layer, f.name) && !(form.levels.columns.length > 0 && form.levels.by_depth?.[f.name]?.length))
}

/** Fields of a tree whose value may follow from the depth. */
export function byDepth(layer: Layer, form: Form): Field[] {
  if (!parentField(layer) || form.levels.columns.length === 0) return []
  const filled = new Set(Object.values(form.mapping))
  return layer.fields.filter((f) => f.type === 'choice' && f.required && !f.default && !filled.has(f.name))
}

/** Two columns for one target, of which only one can be meant. */
export function twice(form: Form): string | undefined {
  const seen = new Set<string>()
  return Object.values(form.mapping).find((target) => target && (seen.has(target) || !seen.add(target)))
}

/** Whether the mapping says where the rows lie. */
export const placed = (form: Form) => Object.values(form.mapping).some((t) => ['lon', 'lonlat', 'latlon'].includes(t))
