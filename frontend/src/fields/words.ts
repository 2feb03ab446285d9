import { optionOf } from '@/api/declarations'
import type { Field, Value } from '@/api/types'
import { calendarDate, count, moment } from '@/lib/format'
import type { useWords } from '@/lib/i18n'
import { phrase, type Lang } from '@/lib/text'

type Words = ReturnType<typeof useWords>['t']

/** One value as people read it; how follows from the field's declared type. A reference stays an id. */
export function valueText(field: Field, value: Value, lang: Lang, t: Words): string {
  if (value === undefined) return field.sensitive ? t('card.masked') : t('card.empty')
  if (value === null || value === '') return t('card.empty')
  const word = (v: unknown) => {
    const option = optionOf(field, v)
    return option ? phrase(option.label, lang) : String(v)
  }
  switch (field.type) {
    case 'choice': return word(value)
    case 'choices': return Array.isArray(value) ? value.map(word).join(lang === 'zh' ? '、' : ', ') : String(value)
    case 'boolean': return value ? t('legend.yes') : t('legend.no')
    case 'date': return calendarDate(String(value), lang)
    case 'time': return moment(new Date(String(value)), lang)
    case 'integer':
    case 'number': return `${count(Number(value), lang)} ${phrase(field.unit, lang)}`.trim()
    default: return String(value)
  }
}
