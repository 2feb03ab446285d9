import { readonly, ref } from 'vue'

/** A short word about what was done, perhaps with a way back. */
export interface Toast {
  id: number
  text: string
  action?: string
  run?: () => void
}

const toasts = ref<Toast[]>([])
const SHOWN = 6000 // ms
const SHOWN_WITH_ACTION = 15_000
let last = 0

/** What the page says at its bottom; `tell` adds a word that goes away by itself. */
export function useToasts() {
  return { toasts: readonly(toasts), tell, dismiss }
}

function tell(text: string, action?: string, run?: () => void) {
  const id = ++last
  toasts.value = [...toasts.value.slice(-2), { id, text, ...(action && run ? { action, run } : {}) }]
  setTimeout(() => dismiss(id), action ? SHOWN_WITH_ACTION : SHOWN)
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter((t) => t.id !== id)
}
