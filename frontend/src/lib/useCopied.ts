import { onScopeDispose, ref } from 'vue'
import { copyText } from './clipboard'

const SHOWN = 2000 // ms

/** Copies a text and remembers for a moment which one it was. */
export function useCopied() {
  const copied = ref<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  async function copy(text: string) {
    if (!(await copyText(text))) return
    clearTimeout(timer)
    copied.value = text
    timer = setTimeout(() => (copied.value = undefined), SHOWN)
  }
  onScopeDispose(() => clearTimeout(timer))
  return { copied, copy }
}
