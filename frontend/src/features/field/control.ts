import type { Field as Declared, Layer } from '@/api/types'
import { entryFields } from '@/fields/draft'
import { phrase, type Lang } from '@/lib/text'

const KINDS: Record<string, string> = { integer: 'number', number: 'number', choice: 'select', choices: 'choices', boolean: 'boolean', date: 'date', time: 'datetime', phone: 'tel' }
const LONG = 250 // characters from which on a text has several lines

/** How a declared field is entered: the properties of ui/Field. */
export function controlOf(field: Declared, lang: Lang) {
  return {
    kind: (KINDS[field.type] ?? (field.max_length > LONG ? 'textarea' : 'text')) as 'text',
    label: phrase(field.label, lang), help: phrase(field.help, lang) || undefined, unit: phrase(field.unit, lang) || undefined, required: field.required, optional: !field.required,
    options: field.choices.map((o) => ({ value: o.value, label: phrase(o.label, lang) })), ...(field.max_length > 0 ? { maxlength: field.max_length } : {}),
  }
}

/** The fields of a phone's form: those that matter most, and the others. References and lists are for a larger screen. */
export function phoneFields(layer: Layer): { first: Declared[]; rest: Declared[] } {
  const all = entryFields(layer).filter((f) => f.type !== 'reference')
  const isFirst = (f: Declared) => f.name === 'name' || f.required || f.name === layer.level_field || f.name === layer.symbol_field
  return { first: all.filter(isFirst), rest: all.filter((f) => !isFirst(f)) }
}

/** Whether a row of a layer can be made on a phone: nothing that it needs is a reference. */
export const canAdd = (layer: Layer): boolean => layer.geometry.includes('Point') && !layer.fields.some((f) => f.required && f.type === 'reference')
