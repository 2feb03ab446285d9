import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { Lang } from './text'

export type Theme = 'dark' | 'light'

const KEY = 'fourmaps.preferences'

interface Saved {
  theme: Theme
  lang: Lang
  lowPower: boolean
  basemap: string
  fade: boolean // rows fade by the age of their confirmation
  keys: boolean // single keys do something
}

function saved(): Partial<Saved> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Saved>
  } catch {
    return {} // storage may be refused or broken: the defaults do
  }
}

// ?lang=en&theme=light in the first address win over what this browser remembers, and are remembered in turn.
function asked<T extends string>(key: string, allowed: readonly T[]): T | undefined {
  const value = new URLSearchParams(location.search).get(key)
  return allowed.find((a) => a === value)
}

/** How this browser likes to see things; what it sees is in the address (see view/state). */
export const usePreferences = defineStore('preferences', () => {
  const before = saved()
  const theme = ref<Theme>(asked('theme', ['dark', 'light']) ?? before.theme ?? 'dark')
  const lang = ref<Lang>(asked('lang', ['zh', 'en']) ?? before.lang ?? 'zh')
  const lowPower = ref(asked('power', ['low', 'full']) === 'low' || (before.lowPower ?? false))
  const basemap = ref(before.basemap ?? '')
  const fade = ref(before.fade ?? true)
  const keys = ref(before.keys ?? true)

  watch(
    [theme, lang, lowPower, basemap, fade, keys],
    () => {
      document.documentElement.dataset.theme = theme.value
      document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
      try {
        localStorage.setItem(KEY, JSON.stringify({ theme: theme.value, lang: lang.value, lowPower: lowPower.value, basemap: basemap.value, fade: fade.value, keys: keys.value }))
      } catch {
        // private windows: the choice then lasts as long as the page
      }
    },
    { immediate: true },
  )
  return { theme, lang, lowPower, basemap, fade, keys }
})
