/** A phrase in both languages of the screen, as the server declares it. */
export interface Text {
  zh: string
  en: string
}

export type Lang = 'zh' | 'en'

/** The phrase in the language asked for; Chinese stands in for missing English. */
export function phrase(text: Text | undefined, lang: Lang): string {
  if (!text) return ''
  return lang === 'en' && text.en ? text.en : text.zh
}

/** The name of a row: English screens fall back to the Chinese name, unnamed rows to a dash. */
export function rowName(row: { name?: unknown; name_en?: unknown }, lang: Lang): string {
  const name = lang === 'en' && row.name_en ? row.name_en : row.name
  return typeof name === 'string' && name ? name : '—'
}
