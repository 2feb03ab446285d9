import { computed, readonly, ref } from 'vue'

// The page is laid out in rem on a 1920 × 1080 base; a larger screen gets larger letters, a desk's small screen stays readable.
export const PHONE_WIDTH = 820

/** Root font size in CSS pixels for a window. */
export function rootSize(width: number, height: number): number {
  if (width < PHONE_WIDTH) return 16
  return Math.min(40, Math.max(13.5, 16 * Math.min(width / 1920, height / 1080)))
}

const width = ref(typeof window === 'undefined' ? 1920 : window.innerWidth)
const height = ref(typeof window === 'undefined' ? 1080 : window.innerHeight)

function measure() {
  width.value = window.innerWidth
  height.value = window.innerHeight
  document.documentElement.style.fontSize = `${rootSize(width.value, height.value)}px`
}

/** Starts to follow the window's size. */
export function followWindow() {
  measure()
  window.addEventListener('resize', measure)
}

/** The window as the layout sees it: factor against the 1920 × 1080 base, and whether it is a phone. */
export function useScale() {
  return {
    width: readonly(width),
    height: readonly(height),
    factor: computed(() => rootSize(width.value, height.value) / 16),
    phone: computed(() => width.value < PHONE_WIDTH),
  }
}
