import { createI18n, useI18n } from 'vue-i18n'
import { computed } from 'vue'
import type { Lang } from '../text'
import { en } from './en'
import { zh } from './zh'

/** The screen's words; `lang` is the language to begin with. */
export function makeI18n(lang: Lang) {
  return createI18n({ legacy: false, locale: lang, fallbackLocale: 'zh', messages: { zh, en } })
}

/** Translation and the current language, for components. */
export function useWords() {
  const { t, locale } = useI18n<{ message: typeof zh }>({ useScope: 'global' })
  return { t, lang: computed(() => locale.value as Lang) }
}
