import type { Field as Declared } from '@/api/types'
import { phrase, type Lang } from '@/lib/text'

const KINDS = { integer: 'number', number: 'number', choice: 'select', choices: 'choices', boolean: 'boolean', date: 'date', time: 'datetime', phone: 'tel', reference: 'reference' } as const
const LONG = 500 // characters from which a text has several lines

/** How a declared field is entered: the properties of ui/Field. Texts have no maxlength, which would cut what is pasted unseen. */
export function controlOf(field: Declared, lang: Lang) {
  return {
    kind: field.type in KINDS ? KINDS[field.type as keyof typeof KINDS] : field.max_length >= LONG ? ('textarea' as const) : ('text' as const),
    label: phrase(field.label, lang), help: phrase(field.help, lang) || undefined, unit: phrase(field.unit, lang) || undefined, required: field.required, optional: !field.required,
    options: field.choices.map((o) => ({ value: o.value, label: phrase(o.label, lang) })),
  }
}
